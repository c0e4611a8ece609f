/** Small graders as courses have them: each compiles or tests what lies in student/, and is wrong with `wrong` in it. */

type GraderCase = { files: Record<string, string>; wrong: Record<string, string> };

/** A grader whose result is whether all of these lines work; what they print is the feedback. */
// Not `if (set -e …)`: the shell ignores -e in a condition, and only the last line would count.
const bash = (...lines: string[]): string => `#!/bin/bash
(set -e
${lines.join('\n')}
) > /tmp/log 2>&1
if [ $? = 0 ]; then feedback-result success; else feedback-result failed; fi
feedback-msg -m "$(tail -n 30 /tmp/log)"
`;

const C_SORT =
  'void sort(int *a, int n) { for (int i = 0; i < n; i++) for (int j = i + 1; j < n; j++) if (a[j] < a[i]) { int t = a[i]; a[i] = a[j]; a[j] = t; } }\n';
const C_NOTHING = 'void sort(int *a, int n) { (void)a; (void)n; }\n';
const C_TEST = `#include <CUnit/CUnit.h>
#include <CUnit/Basic.h>
void sort(int *a, int n);
static void sorts(void) { int a[] = {3, 1, 2}; sort(a, 3); CU_ASSERT_EQUAL(a[0], 1); CU_ASSERT_EQUAL(a[2], 3); }
int main(void) {
  CU_initialize_registry();
  CU_add_test(CU_add_suite("s", NULL, NULL), "sorts", sorts);
  CU_basic_run_tests();
  return CU_get_number_of_failures() > 0;
}
`;
const cUnit: GraderCase = {
  files: {
    run: bash(
      'gcc -Wall -g -o student/test student/sort.c test.c -lcunit',
      "cd student && run_student 'valgrind -q --error-exitcode=9 ./test'",
    ),
    'student/sort.c': C_SORT,
    'test.c': C_TEST,
  },
  wrong: { 'student/sort.c': C_NOTHING },
};

const CPP_CLASS = 'template <class T> T twice(T x) { return x + x; }\n';
const googleTest: GraderCase = {
  files: {
    run: bash(
      'cppcheck --error-exitcode=1 --quiet --language=c++ student/twice.hpp',
      'mkdir /tmp/build && cd /tmp/build && cmake /task && make',
      'cp twice /task/student/ && cd /task/student && run_student ./twice',
    ),
    'CMakeLists.txt':
      'cmake_minimum_required(VERSION 3.18)\nproject(twice CXX)\nset(CMAKE_CXX_STANDARD 20)\nfind_package(GTest REQUIRED)\nadd_executable(twice test.cpp)\ntarget_link_libraries(twice GTest::gtest_main)\n',
    'test.cpp':
      '#include "student/twice.hpp"\n#include <gtest/gtest.h>\n#include <string>\nTEST(Twice, Works) { EXPECT_EQ(twice(2), 4); EXPECT_EQ(twice(std::string("ab")), "abab"); }\n',
    'student/twice.hpp': CPP_CLASS,
  },
  wrong: { 'student/twice.hpp': CPP_CLASS.replace('x + x', 'x') },
};

/** Two files define one global: GCC 10 and later refuse it, the courses that do it are older. */
const commonGlobals: GraderCase = {
  files: {
    run: bash(
      'gcc --version | grep -q " 9\\."',
      'gcc -o student/common a.c student/b.c && cd student',
      '[ "$(run_student ./common)" = 42 ]',
    ),
    'a.c':
      '#include <stdio.h>\nint shared;\nvoid set(void);\nint main(void) { set(); printf("%d\\n", shared); return 0; }\n',
    'student/b.c': 'int shared;\nvoid set(void) { shared = 42; }\n',
  },
  wrong: { 'student/b.c': 'int shared;\nvoid set(void) { shared = 41; }\n' },
};

/** Old courses ask libclang what a declaration is, with headers and library in the usual places. */
const libclang: GraderCase = {
  files: {
    run: bash(
      'clang -std=gnu99 -lclang look.c -o look',
      '[ "$(./look student/answer.c)" = "const char *const" ]',
      'clang -c -o /tmp/answer.o student/answer.c',
    ),
    'look.c': `#include <clang-c/Index.h>
#include <stdio.h>
static enum CXChildVisitResult visit(CXCursor c, CXCursor p, CXClientData d) {
  CXString s = clang_getTypeSpelling(clang_getCursorType(c));
  printf("%s\\n", clang_getCString(s));
  clang_disposeString(s);
  return CXChildVisit_Break;
}
int main(int n, char **a) {
  CXTranslationUnit u = clang_parseTranslationUnit(clang_createIndex(0, 0), a[1], 0, 0, 0, 0, 0);
  clang_visitChildren(clang_getTranslationUnitCursor(u), visit, 0);
  return 0;
}
`,
    'student/answer.c': 'const char *const x = "";\n',
  },
  wrong: { 'student/answer.c': 'char *x = "";\n' },
};

const JAVA_CLASS = 'public class Twice { public static int twice(int x) { return x + x; } }\n';
const JAVA_WRONG = JAVA_CLASS.replace('x + x', 'x');
const junit4: GraderCase = {
  files: {
    // The paths are those that graders of INGInious' Java courses name.
    run: bash(
      'export CLASSPATH=.:/usr/share/java/junit.jar:/usr/share/java/hamcrest-core.jar',
      'cp TwiceTest.java student/ && cd student && javac Twice.java TwiceTest.java',
      'run_student java -cp $CLASSPATH org.junit.runner.JUnitCore TwiceTest',
    ),
    'TwiceTest.java':
      'import org.junit.Test;\nimport static org.junit.Assert.*;\nimport static org.hamcrest.CoreMatchers.is;\npublic class TwiceTest { @Test public void works() { assertThat(Twice.twice(2), is(4)); } }\n',
    'student/Twice.java': JAVA_CLASS,
  },
  wrong: { 'student/Twice.java': JAVA_WRONG },
};
const junit5: GraderCase = {
  files: {
    run: bash(
      'jar=/usr/share/java/junit-platform-console-standalone.jar',
      'cp TwiceTest.java student/ && cd student && javac -cp $jar:. Twice.java TwiceTest.java',
      'run_student java -jar $jar --class-path . --select-class TwiceTest --disable-banner',
    ),
    'TwiceTest.java':
      'import org.junit.jupiter.api.Test;\nimport static org.junit.jupiter.api.Assertions.assertEquals;\nclass TwiceTest { @Test void works() { assertEquals(4, Twice.twice(2)); } }\n',
    'student/Twice.java': JAVA_CLASS,
  },
  wrong: { 'student/Twice.java': JAVA_WRONG },
};
/** Gigabytes of garbage in little memory: Java must see its container's limit to collect it in time. */
const garbage: GraderCase = {
  files: {
    run: bash('cd student && javac Garbage.java', 'run_student --memory 96 java Garbage'),
    'student/Garbage.java': `public class Garbage {
  static byte[] last;
  public static void main(String[] none) { for (int i = 0; i < 30_000; i++) last = new byte[100_000 + i]; }
}
`,
  },
  wrong: { 'student/Garbage.java': 'public class Garbage { static byte[] all = new byte[90_000_000]; }\n' },
};

const PY_TWICE = 'def twice(x):\n    return x + x\n';
const PY_WRONG = 'def twice(x):\n    return x\n';
const pytest: GraderCase = {
  files: {
    run: bash(
      'cp test_twice.py student/ && cd student',
      "run_student 'python3 -m pytest -q -p no:cacheprovider --timeout=20 test_twice.py'",
    ),
    'test_twice.py': 'from twice import twice\ndef test_twice():\n    assert twice(2) == 4\n',
    'student/twice.py': PY_TWICE,
  },
  wrong: { 'student/twice.py': PY_WRONG },
};
/** What INGInious' base image has: graders import it without asking, and call it as before PyYAML 6. */
const baseModules: GraderCase = {
  files: {
    'run.py': `import jinja2, yaml
from timeout_decorator import timeout
from inginious import feedback
import sys
sys.path.insert(0, 'student')
@timeout(5)
def call():
    from twice import twice
    return twice(yaml.load('2'))
text = jinja2.Template('twice is {{ x }}').render(x=call())
feedback.set_global_feedback(text)
feedback.set_global_result('success' if text == 'twice is 4' else 'failed')
`,
    'student/twice.py': PY_TWICE,
  },
  wrong: { 'student/twice.py': PY_WRONG },
};
const shell: GraderCase = {
  files: {
    run: bash(
      'cd student',
      '[ "$(run_student ./double 21)" = 42 ]',
      '[ "$(echo "21 * 2" | bc)" = 42 ]',
      // A third of INGInious' graders name Python by this path.
      '/bin/python3 -c "import jinja2, yaml"',
    ),
    'student/double': '#!/bin/sh\necho $(($1 * 2))\n',
  },
  wrong: { 'student/double': '#!/bin/sh\necho $1\n' },
};
const cOnly: GraderCase = {
  files: {
    run: bash('gcc -Wall -o student/a student/sort.c main.c', 'cd student && run_student ./a'),
    'main.c': 'void sort(int *, int);\nint main(void) { int a[] = {2, 1}; sort(a, 2); return a[0] != 1; }\n',
    'student/sort.c': C_SORT,
  },
  wrong: { 'student/sort.c': C_NOTHING },
};

/** The student's program reads 21 and prints 42. */
const doubles = (file: string, command: string, right: string, wrong: string): GraderCase => ({
  files: {
    run: bash('cd student', `[ "$(run_student "${command}" <<< 21)" = 42 ]`),
    [`student/${file}`]: right,
  },
  wrong: { [`student/${file}`]: wrong },
});

const PHP = '<?php echo mb_strlen(str_repeat("é", 2 * (int) fgets(STDIN))) + OFFSET, PHP_EOL;\n';
const JAVASCRIPT =
  'const [line] = require("fs").readFileSync(0, "utf8").split("\\n");\nconsole.log(2 * Number(line) + OFFSET);\n';
const PROLOG =
  ':- use_module(library(clpfd)).\nmain :- read_line_to_string(user_input, S), number_string(N, S), M #= 2 * N + OFFSET, writeln(M).\n';
const SQL =
  'CREATE TABLE numbers (n INTEGER);\n.import /dev/stdin numbers\nSELECT 2 * n + OFFSET FROM numbers;\n';
const SML =
  'val line = valOf (TextIO.inputLine TextIO.stdIn);\nprint (Int.toString (2 * valOf (Int.fromString line) + OFFSET) ^ "\\n");\n';
const VERILOG = `module answer;
  integer n, count;
  initial begin
    count = $fscanf('h8000_0000, "%d", n);
    $display("%0d", 2 * n + OFFSET);
    $finish;
  end
endmodule
`;
const R = 'n <- as.numeric(readLines(file("stdin"), 1))\ncat(sum(rep(n, 2)) + OFFSET, "\\n", sep = "")\n';
const offBy = (source: string, offset: number) => source.replace('OFFSET', String(offset));
const language = (file: string, command: string, source: string): GraderCase =>
  doubles(file, command, offBy(source, 0), offBy(source, 1));

/** A student's program under clang's own sanitizers. */
const sanitizers: GraderCase = {
  files: {
    run: bash(
      'cd student',
      "run_student 'clang++ -std=c++17 -g -fsanitize=address,undefined -o a a.cpp'",
      '[ "$(run_student ./a)" = 42 ]',
    ),
    'student/a.cpp':
      '#include <iostream>\n#include <vector>\nint main() { std::vector<int> v(42); std::cout << v.size() << "\\n"; }\n',
  },
  wrong: {
    'student/a.cpp':
      '#include <cstdio>\nint main() { int *p = new int[2]; std::printf("42\\n"); return p[2]; }\n',
  },
};

export const graders: Record<string, Record<string, GraderCase>> = {
  default: { shell, 'the modules of INGInious': baseModules },
  'sandbox-root': { shell },
  c: { shell, 'a compiled program': cOnly },
  cpp: {
    shell,
    'CUnit and valgrind': cUnit,
    'CMake, GoogleTest and cppcheck': googleTest,
    'clang with its sanitizers': sanitizers,
  },
  'cpp-debian11': {
    shell,
    'CUnit and valgrind': cUnit,
    'CMake, GoogleTest and cppcheck': googleTest,
    'one global in two files, with GCC 9': commonGlobals,
    'clang and libclang': libclang,
  },
  java: {
    shell,
    'JUnit 4 by its usual paths': junit4,
    'JUnit 5': junit5,
    'much garbage in little memory': garbage,
  },
  pyjavacpp: { shell, 'CUnit and valgrind': cUnit, 'JUnit 4 by its usual paths': junit4, pytest },
  python3: { shell, pytest, 'the modules of INGInious': baseModules },
  javascript: { 'a program that reads': language('a.js', 'node a.js', JAVASCRIPT) },
  php: { 'a program with mbstring': language('a.php', 'php a.php', PHP) },
  prolog: { 'a program with constraints': language('a.pl', 'swipl -q -g main -t halt a.pl', PROLOG) },
  r: { 'a program that reads': language('a.R', 'Rscript a.R', R) },
  sml: { 'a program that reads': language('a.sml', 'poly --script a.sml', SML) },
  sql: { 'a query over what it imports': language('a.sql', "sqlite3 -batch :memory: '.read a.sql'", SQL) },
  verilog: {
    'a program that reads': language('a.v', "bash -c 'iverilog -o a a.v && ./a'", VERILOG),
  },
};
