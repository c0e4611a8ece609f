"""A terminal for the student, in the browser, in a student container: the grader waits until it ends."""
from inginious_container_api.run_student import run_student


def ssh_student(
    setup_script=None,
    memory_limit=0,
    hard_time_limit=0,
    time_limit=0,
    container=None,
    run_as_root=False,
    teardown_script=None,
):
    """Show the student a shell in a new student container, and return when it is over.

    setup_script, teardown_script: commands run there before the shell and after it, as run_student runs them.
    memory_limit: MiB; time_limit: seconds of CPU; hard_time_limit: seconds from the first key to the end, 30 minutes
    unless given.  container, run_as_root: as for run_student.

    Returns the setup's status (0 without one), 251 when the task offers no terminal, 252 when the session hit a limit,
    253 when its time was over or nobody came within two minutes, 254 when no terminal could be shown.
    The output of the session is then in student/.ssh_logs.
    """
    return run_student(
        setup_script or '',
        container=container,
        time_limit=time_limit,
        hard_time_limit=hard_time_limit,
        memory_limit=memory_limit,
        stdout=1,
        stderr=2,
        ssh=True,
        start_student_as_root=run_as_root,
        teardown_script=teardown_script or '',
    )
