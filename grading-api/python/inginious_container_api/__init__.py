"""What a grader calls: the student's answer (input), what to say (feedback, rst), student code (run_student)."""
