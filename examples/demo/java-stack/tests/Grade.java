import java.io.PrintWriter;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/** Runs the tests and writes to the file that it is told, for each: its name, and why it failed if it did. */
public class Grade {
    public static void main(String[] arguments) throws Exception {
        try (PrintWriter results = new PrintWriter(arguments[0], "UTF-8")) {
            JUnitCore junit = new JUnitCore();
            junit.addListener(new RunListener() {
                private String fault;

                @Override
                public void testStarted(Description test) {
                    fault = "";
                }

                @Override
                public void testFailure(Failure failure) {
                    fault = String.valueOf(failure.getMessage()).replaceAll("\\s+", " ");
                }

                @Override
                public void testFinished(Description test) {
                    results.println(test.getMethodName() + "\t" + fault);
                    results.flush();
                }
            });
            junit.run(StackTest.class);
        }
    }
}
