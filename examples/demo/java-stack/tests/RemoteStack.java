import java.io.IOException;
import java.util.EmptyStackException;

/**
 * The student's stack, as the tests see it: every call goes to the student container, as a line on stdout, and its
 * answer comes back as a line on stdin. So the student's code never shares a machine with the tests, and whatever it
 * prints is only an answer that may be wrong.
 */
class RemoteStack {
    private static final int LONGEST_ANSWER = 200;

    RemoteStack() {
        call("new");
    }

    void push(int number) {
        call("push " + number);
    }

    int pop() {
        return number(call("pop"));
    }

    int size() {
        return number(call("size"));
    }

    private static int number(String answer) {
        try {
            return Integer.parseInt(answer);
        } catch (NumberFormatException notANumber) {
            throw new AssertionError("not a number: " + answer);
        }
    }

    private static String call(String call) {
        System.out.println(call);
        System.out.flush();
        String answer = readLine();
        if (answer.equals("threw java.util.EmptyStackException")) throw new EmptyStackException();
        if (answer.startsWith("threw ")) throw new AssertionError(call + " " + answer);
        return answer;
    }

    private static String readLine() {
        StringBuilder line = new StringBuilder();
        try {
            for (int next = System.in.read(); next != '\n'; next = System.in.read()) {
                if (next < 0) throw new AssertionError("the program ended");
                if (line.length() == LONGEST_ANSWER) throw new AssertionError("the answer is too long: " + line);
                line.append((char) next);
            }
        } catch (IOException broken) {
            throw new AssertionError("the program ended");
        }
        return line.toString();
    }
}
