import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.util.EmptyStackException;
import org.junit.FixMethodOrder;
import org.junit.Test;
import org.junit.runners.MethodSorters;

@FixMethodOrder(MethodSorters.NAME_ASCENDING)
public class StackTest {
    private final RemoteStack stack = new RemoteStack();

    @Test
    public void countsWhatItHolds() {
        assertEquals("size() of a new stack", 0, stack.size());
        stack.push(7);
        stack.push(7);
        assertEquals("size() after push(7), push(7)", 2, stack.size());
        stack.pop();
        assertEquals("size() after one more pop()", 1, stack.size());
    }

    @Test
    public void givesBackTheLastFirst() {
        stack.push(1);
        stack.push(2);
        assertEquals("pop() after push(1), push(2)", 2, stack.pop());
        stack.push(3);
        assertEquals("pop() after push(3)", 3, stack.pop());
        assertEquals("pop() of what is left", 1, stack.pop());
    }

    @Test
    public void holdsAThousand() {
        for (int number = 0; number < 1000; number++) stack.push(number);
        for (int number = 999; number >= 0; number--) assertEquals("pop() after a thousand push()", number, stack.pop());
    }

    @Test
    public void refusesToPopWhenEmpty() {
        assertThrows("pop() of a new stack", EmptyStackException.class, () -> stack.pop());
        stack.push(5);
        stack.pop();
        assertThrows("pop() of an emptied stack", EmptyStackException.class, () -> stack.pop());
    }
}
