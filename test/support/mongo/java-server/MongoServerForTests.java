import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.List;

/**
 * Speaks MongoDB's protocol. Usage: MongoServerForTests PORT [FILE [ADDRESS]]; port 0 takes a free one, without an
 * address it listens on loopback.
 */
final class MongoServerForTests {
  /** As MongoDB 5.0 announces itself: mongo-java-server says wire version 8, and the driver refuses less than 9. */
  private static final class Mongo50 implements MongoVersion {
    @Override
    public List<Integer> getVersionArray() {
      return List.of(5, 0, 0);
    }

    @Override
    public int getWireVersion() {
      return 13;
    }
  }

  /** Writes to its file before it answers: kill -9 loses nothing that was acknowledged. */
  private static final class DurableBackend extends H2Backend {
    DurableBackend(String file) {
      super(file);
    }

    @Override
    public Document handleMessage(MongoMessage message) {
      Document answer = super.handleMessage(message);
      commit();
      return answer;
    }
  }

  public static void main(String[] args) {
    MongoBackend backend = args.length > 1 ? new DurableBackend(args[1]) : new MemoryBackend();
    backend.version(new Mongo50());
    MongoServer server = new MongoServer(backend);
    server.bind(args.length > 2 ? args[2] : "127.0.0.1", Integer.parseInt(args[0]));
    System.out.println("listening on port " + server.getLocalAddress().getPort());
  }
}
