"""A grader's calls: the student's answer (input), the report (feedback, rst), student code (run_student)."""
