"""Grades with the Python API, and runs the answer in a student container with the same Python."""
from inginious_container_api import feedback, input, run_student

with open('student/answer.py', 'w', encoding='utf-8') as file:
    file.write(input.get_input('code') + '\nprint(double(21))\n')
said, status = run_student.run_student_simple(
    'python3 answer.py', working_dir='/task/student', stdout_err_fuse=True
)
is_right = status == 0 and said.strip() == '42'
feedback.set_grade(100 if is_right else 0)
feedback.set_global_result('success' if is_right else 'failed')
feedback.set_problem_result('success' if is_right else 'failed', 'code')
if not is_right:
    feedback.set_problem_feedback('double(21) is not 42.', 'code')
