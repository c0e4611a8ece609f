#!/bin/bash
# Runs the student's script as root in a student container, then looks at what it left in the shared folder.
# The script itself is asked nothing: what root prints proves nothing.

getinput script > student/script.sh
cd student || exit 1
run_student --report ../how --run-as-root --time 5 --hard-time 10 "sh script.sh" > ../output.txt 2>&1 < /dev/null
cd ..
. ./how # how it ended: student_limit, student_status …

passed=0
check() { # check TEST COMMAND…: counts and tells a test that passed or did not
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        tag-set "$name" true
    else
        tag-set "$name" false
    fi
}
# A link would lead elsewhere: only a real folder and a real file count.
is_real_folder() { [ -d student/vault ] && [ ! -L student/vault ]; }
is_real_file() { is_real_folder && [ "$(stat -c %F student/vault/key 2>/dev/null | cut -d' ' -f1)" = regular ]; }
is_roots() { is_real_file && [ "$(stat -c %u student/vault/key)" = 0 ]; }
is_private() { is_real_file && [ "$(stat -c %a student/vault/key)" = 600 ]; }

check folder is_real_folder
check owner is_roots
check mode is_private

case $student_limit in
    memory) feedback-msg -i script -m "Your script needed too much memory." ;;
    time | hard-time) feedback-msg -i script -m "Your script took too long." ;;
    ?*) feedback-msg -i script -m "Your script hit a limit: $student_limit." ;;
    *) if [ -z "$student_wall_seconds" ]; then
        feedback-msg -i script -m "Your script could not be run here: please tell your teacher."
    else
        feedback-msg -i script -m "Your script ended with status $student_status and printed:"
    fi ;;
esac
if [ -z "$student_limit" ] && [ -n "$student_wall_seconds" ]; then
    head -c 2000 output.txt | rst-code | feedback-msg -a -i script
fi

feedback-msg -m "$passed of 3 tests passed."
feedback-grade "$(awk "BEGIN { print 100 * $passed / 3 }")"
if [ "$passed" = 3 ]; then
    feedback-result success
    feedback-result -i script success
else
    feedback-result failed
    feedback-result -i script failed
fi
