import type { AttackCase } from '../case.ts';

const C = { environment: 'c', language: 'c' } as const;
const JAVA = {
  environment: 'java',
  language: 'java',
  memory: 256,
  time: 15,
  hardTime: 30,
  limits: { memoryBytes: 320 * 2 ** 20, pids: 64 },
} as const;

const javaMain = (body: string): string =>
  `public class Answer { public static void main(String[] a) throws Exception { ${body} } }`;

export const compile: AttackCase[] = [
  {
    ...C,
    id: 'include-zero',
    number: 22,
    title: 'A compiler that reads without end is ended.',
    answer: '#include "/dev/zero"\nint main(void) { return 0; }',
    expect: ['out-of-memory', 'timeout', 'failed'],
  },
  {
    ...C,
    id: 'include-itself',
    number: 22,
    title: 'A file that includes itself is a failed answer.',
    answer: '#include __FILE__\n#include __FILE__\nint main(void) { return 0; }',
    expect: ['failed', 'timeout', 'output-limit', 'out-of-memory'],
  },
  {
    ...C,
    id: 'include-secrets',
    number: 22,
    title: 'A compiler’s complaints show no file of the grader or the machine.',
    answer:
      '#include "/etc/shadow"\n#include "/task/expected.txt"\n#include "/task/run"\n#include "/.__input/__input.json"\nint main(void) { return 0; }',
    expect: ['failed'],
    check: ({ said }) =>
      /root:|hashlib/.test(said.out + said.err) ? 'the compiler quoted a secret file' : null,
  },
  {
    ...C,
    id: 'embed-secrets',
    number: 22,
    title: 'An assembler cannot embed the grader’s files.',
    answer: '__asm__(".incbin \\"/task/expected.txt\\"");\nint main(void) { return 0; }',
    expect: ['failed'],
  },
  {
    ...C,
    id: 'macro-bomb',
    number: 22,
    title: 'Macros that double their text again and again are ended.',
    answer: `#define A(...) __VA_ARGS__ __VA_ARGS__ __VA_ARGS__ __VA_ARGS__ __VA_ARGS__ __VA_ARGS__ __VA_ARGS__ __VA_ARGS__
#define B(...) A(A(A(__VA_ARGS__)))
int x[] = { B(B(B(1,))) };
int main(void) { return 0; }`,
    expect: ['out-of-memory', 'timeout', 'output-limit'],
  },
  {
    ...C,
    id: 'giant-array',
    number: 22,
    title: 'A program of a gigabyte does not fit.',
    answer: 'char room[1 << 30] = { 1 };\nint main(void) { return room[5]; }',
    expect: ['failed', 'disk-full', 'timeout', 'out-of-memory'],
  },
  {
    ...C,
    id: 'error-flood',
    number: 22,
    title: 'A flood of compiler errors is over the output limit.',
    answer: `#define E(n) int f##n = "x" + undeclared_##n * {;\n${Array.from({ length: 3000 }, (_, n) => `int f${n}(void) { return undeclared_${n}; }`).join('\n')}`,
    expect: ['output-limit'],
  },
  {
    ...C,
    id: 'constructor-exit',
    number: 28,
    title: 'Code that ends the program well before main is no pass.',
    answer:
      '#include <unistd.h>\n__attribute__((constructor)) void early(void) { _exit(0); }\nint main(void) { return 1; }',
    expect: ['failed'],
  },
  {
    ...C,
    id: 'makefile',
    number: 30,
    title: 'A makefile of the student runs with the student’s rights only.',
    language: 'shell',
    answer: `cat > Makefile <<'M'
all:
\t@id -u | grep -q '^0' && echo BREACH root || true
\t@cat /task/run /task/expected.txt 2>/dev/null && echo BREACH read || true
M
make; read n; echo $((n * n + 1))`,
    expect: ['success'],
  },
  {
    ...JAVA,
    id: 'java-exit',
    number: 28,
    title: 'System.exit(0) before the answer is no pass.',
    answer: javaMain('System.exit(0);'),
    expect: ['failed'],
  },
  {
    ...JAVA,
    id: 'java-halt-hook',
    number: 28,
    title: 'A shutdown hook that never ends ends by the clock.',
    answer: javaMain(
      'Runtime.getRuntime().addShutdownHook(new Thread(() -> { try { Thread.sleep(600000); } catch (Exception e) {} })); System.exit(0);',
    ),
    hardTime: 8,
    expect: ['timeout'],
  },
  {
    ...JAVA,
    id: 'java-threads',
    number: 20,
    title: 'A Java program that starts threads without end hits the process limit.',
    answer: javaMain(
      'while (true) { try { Thread t = new Thread(() -> { try { Thread.sleep(600000); } catch (Exception e) {} }); t.setDaemon(true); t.start(); } catch (OutOfMemoryError e) {} }',
    ),
    expect: ['process-limit'],
  },
  {
    ...JAVA,
    id: 'java-off-heap',
    number: 16,
    title: 'Memory outside Java’s own counts too.',
    answer: javaMain(
      'java.util.List<Object> kept = new java.util.ArrayList<>(); while (true) { java.nio.ByteBuffer b = java.nio.ByteBuffer.allocateDirect(8 << 20); kept.add(b); for (int i = 0; i < b.capacity(); i += 4096) b.put(i, (byte) 1); }',
    ),
    // Java limits itself to a quarter of the memory it sees, and then throws, which is just as harmless.
    expect: ['out-of-memory', 'failed'],
  },
];
