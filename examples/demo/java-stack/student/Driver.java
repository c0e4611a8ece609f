import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;

/** Does to the student's stack what stdin says, one call per line, and prints what each call returned. */
public class Driver {
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err); // what the student's code prints is no answer
        BufferedReader calls = new BufferedReader(new InputStreamReader(System.in));
        IntStack stack = null;
        for (String call = calls.readLine(); call != null; call = calls.readLine()) {
            String[] words = call.split(" ");
            String answer = "";
            try {
                switch (words[0]) {
                    case "new": stack = new IntStack(); break;
                    case "push": stack.push(Integer.parseInt(words[1])); break;
                    case "pop": answer = String.valueOf(stack.pop()); break;
                    case "size": answer = String.valueOf(stack.size()); break;
                }
            } catch (Throwable thrown) {
                answer = "threw " + thrown.getClass().getName();
            }
            answers.println(answer);
            answers.flush();
        }
    }
}
