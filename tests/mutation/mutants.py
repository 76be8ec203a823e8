"""Guards of the system, each weakened in one place, and the tests that must notice.

A row names the guard, the file below src/axisos/rootfs/, the text that stands there once, what takes its place, and
the tests, of which at least one must fail then. A text that is not there (any more) is an error, so the table cannot
rot: who changes a guard changes its row.
"""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """One guard, weakened."""

    name: str
    file: str
    text: str
    instead: str
    tests: str  # separated by blanks, below tests/


E = "executive"
K = f"{E}/ke_ipc"
TESTS = "executive/test_"
EDGES = "executive/test_kernel_edges.py::test_"
OBJECTS = "executive/test_objects_and_registry.py::test_"
GUARDS = "executive/test_guards.py::test_"
MESSAGES = "executive/test_messages.py::test_"
CHECKPOINTS = f"{GUARDS}every_piece_of_code_that_can_go_round_has_a_checkpoint_of_its_own"

MUTANTS = (
    # --- rings and calls
    Mutant(
        "a forbidden call is answered as an unknown one",
        f"{E}/syscalls.py",
        "        self._on_violation(thread, name)\n",
        "        raise StatusError(Status.UNKNOWN_SYSCALL, name)\n",
        f"{GUARDS}a_call_that_is_closed_to_a_ring_is_the_callers_last",
    ),
    Mutant(
        "every ring may make every call",
        f"{E}/syscalls.py",
        "        for ring in call.rings:\n",
        "        for ring in RINGS:\n",
        f"{GUARDS}a_call_that_is_closed_to_a_ring_is_the_callers_last",
    ),
    Mutant(
        "an override opens its call to all rings",
        f"{E}/syscalls.py",
        "        for ring in rings:\n            self.by_ring[ring][name] = body",
        "        for ring in RINGS:\n            self.by_ring[ring][name] = body",
        f"{GUARDS}an_override_keeps_the_rings_of_its_call",
    ),
    Mutant(
        "subclasses pass the check of types",
        f"{E}/syscalls.py",
        "type({name}) is not {'_NoneType'",
        "not isinstance({name}, {'_NoneType'",
        f"{GUARDS}no_argument_of_a_subclass_reaches_a_body",
    ),
    Mutant(
        "the name of a call may be of a subclass",
        f"{E}/syscalls.py",
        "process.calls.get(name) if type(name) is str else None",
        "process.calls.get(name)",
        f"{GUARDS}the_name_of_a_call_is_a_str",
    ),
    Mutant(
        "a finalizer calls in another's name",
        f"{E}/syscalls.py",
        "            if thread.process is not process:\n                raise GeneratorExit",
        "            if False:\n                raise GeneratorExit",
        f"{GUARDS}a_finalizer_of_a_dead_driver_calls_nothing_in_the_name_of_a_living_one",
    ),
    Mutant(
        "a child may be more privileged than its parent",
        f"{E}/processes.py",
        "        if ring < least_ring:\n",
        "        if False:\n",
        f"{GUARDS}a_program_starts_none_that_is_more_privileged",
    ),
    Mutant(
        "a grant is good for ever",
        f"{E}/processes.py",
        "            grant, caller.grant = caller.grant, None\n",
        "            grant = caller.grant\n",
        f"{GUARDS}a_grant_is_used_up",
    ),
    Mutant(
        "elevation without a grant",
        f"{E}/processes.py",
        "        if grant is None or grant[3] > 2.5:\n",
        "        if grant is not None and grant[3] > 2.5:\n",
        f"{GUARDS}nobody_is_elevated_without_a_grant",
    ),
    Mutant(
        "any process may say that it is the Pipeline Manager",
        f"{E}/system_calls.py",
        "thread.process.pid != PIPELINE_PID or self.pipeline_registered",
        "self.pipeline_registered",
        f"{GUARDS}only_process_2_registers_as_the_pipeline_manager",
    ),
    Mutant(
        "anybody may turn the machine off",
        f"{E}/system_calls.py",
        "        if process.ring > 2.5 and process.uid != 0:\n",
        "        if False:\n",
        f"{GUARDS}only_root_turns_the_machine_off",
    ),
    Mutant(
        "uid 0 may change all of the EEPROM's data",
        f"{E}/system_calls.py",
        "            if changed - EEPROM_SETTINGS:\n",
        "            if False:\n",
        f"{GUARDS}of_the_eeproms_data_root_changes_the_settings_only",
    ),
    # --- tokens and handles
    Mutant(
        "a handle of another token is good",
        f"{E}/ob_manager.py",
        "        if not compare_digest(entry.synapse_token, process.token) and not bypasses(process):\n",
        "        if False:\n",
        f"{OBJECTS}a_handle_is_good_for_its_owner_with_its_token_and_its_rights_only",
    ),
    Mutant(
        "system processes of every ring pass the token check",
        f"{E}/synapse.py",
        "process.pid < FIRST_USER_PID and process.ring <= 2",
        "process.pid < FIRST_USER_PID or process.ring <= 2.5",
        f"{GUARDS}the_token_check_is_waived_for_system_processes_only",
    ),
    Mutant(
        "a token is rotated and its handles stay open",
        f"{E}/processes.py",
        "        self._ob.expire_handles(process)\n        process.token",
        "        process.token",
        f"{GUARDS}a_rotated_token_takes_its_handles_along",
    ),
    Mutant(
        "the access mask is not asked",
        f"{E}/ob_manager.py",
        "        if entry.granted_access & access != access:\n",
        "        if False:\n",
        f"{OBJECTS}a_handle_is_good_for_its_owner_with_its_token_and_its_rights_only",
    ),
    Mutant(
        "some of the wanted access is enough",
        f"{E}/ob_manager.py",
        "entry.granted_access & access != access",
        "access and not entry.granted_access & access",
        f"{GUARDS}all_of_the_wanted_access_must_be_granted",
    ),
    Mutant(
        "a handle is good for another type",
        f"{E}/ob_manager.py",
        "        if header.type_object.name != type_name:\n",
        "        if False:\n",
        f"{OBJECTS}a_handle_is_good_for_its_owner_with_its_token_and_its_rights_only",
    ),
    Mutant(
        "a duplicate gets what it asks for",
        f"{E}/ob_manager.py",
        "        elif access & ~entry.granted_access:\n",
        "        elif False:\n",
        f"{OBJECTS}duplicates_never_have_more_rights",
    ),
    Mutant(
        "handles of others may be duplicated",
        f"{E}/ob_calls.py",
        "if caller.ring > 1 and (source is not caller or ",
        "if caller.ring > 1 and (False or ",
        f"{GUARDS}nobody_duplicates_the_handles_of_others",
    ),
    Mutant(
        "handles of others may be listed",
        f"{E}/ob_calls.py",
        "        if thread.process.ring > 1 and target is not thread.process:\n",
        "        if False:\n",
        f"{GUARDS}nobody_sees_the_handles_of_others",
    ),
    Mutant(
        "handle tables have no end",
        f"{E}/ob_manager.py",
        "        if len(entries) >= process.limits.handles:\n",
        "        if False:\n",
        f"{OBJECTS}the_handle_table_has_an_end",
    ),
    Mutant(
        "a closed handle keeps its reference",
        f"{E}/ob_manager.py",
        "            header.type_object.close(header)\n        self.dereference_object(header)\n",
        "            header.type_object.close(header)\n",
        f"{OBJECTS}an_object_lives_as_long_as_somebody_holds_it",
    ),
    Mutant(
        "a closed handle stands in its slot",
        f"{E}/ob_manager.py",
        "                del table.standard[index]\n",
        "                pass\n",
        f"{GUARDS}a_closed_handle_leaves_its_slot",
    ),
    Mutant(
        "every handle is inherited",
        f"{E}/ob_manager.py",
        "            if entry.inheritable and not entry.header.delete_pending\n",
        "",
        f"{GUARDS}a_child_inherits_what_is_marked_only",
    ),
    Mutant(
        "permissions of named objects are not asked",
        f"{E}/ob_manager.py",
        "        if not allowed or wanted & ~allowed & mask.ALL:\n",
        "        if False:\n",
        f"{GUARDS}a_group_has_the_groups_rights",
    ),
    Mutant(
        "the group has the owner's rights",
        f"{E}/ob_objects.py",
        "        mode >>= 3\n",
        "        mode >>= 6\n",
        "executive/test_sections.py::test_permissions_say_who_may_open_a_section "
        "executive/test_message_queues.py::test_permissions_say_who_may_send_and_who_may_receive "
        f"{GUARDS}a_group_has_the_groups_rights",
    ),
    Mutant(
        "nothing has a quota",
        f"{E}/limits.py",
        "        if self.counts.get(kind, 0) + amount > limit:\n",
        "        if False:\n",
        "executive/test_sections.py::test_one_process_may_make_16_mib_of_sections",
    ),
    Mutant(
        "a quota is never given back",
        f"{K}/sections.py",
        "        section.charge.release()\n",
        "        pass\n",
        "executive/test_sections.py::test_one_process_may_make_16_mib_of_sections",
    ),
    Mutant(
        "a section takes more than its size",
        f"{K}/sections.py",
        "        if self.used + growth > self.size:\n",
        "        if False:\n",
        "executive/test_sections.py::test_a_section_keeps_within_its_size",
    ),
    # --- data that crosses
    Mutant(
        "messages of programs are not copied",
        f"{E}/messages.py",
        '            args = tuple([copy_plain(arg, "signal_send") for arg in args])\n            queued',
        "            queued",
        f"{MESSAGES}what_is_not_plain_data_does_not_pass_and_what_passes_is_a_copy",
    ),
    Mutant(
        "arguments of forwarded calls are not copied",
        f"{E}/messages.py",
        "            if process.ring > 2 or name not in TAKES_OBJECTS:\n",
        "            if False:\n",
        f"{EDGES}what_a_driver_passes_runs_nothing_in_the_service_that_answers",
    ),
    Mutant(
        "answers of servers are not copied",
        f"{E}/messages.py",
        "        elif type(value) not in SCALARS and wait.thread.process.ring > 2:\n",
        "        elif False:\n",
        f"{EDGES}a_caller_is_never_left_waiting_by_a_bad_answer",
    ),
    Mutant(
        "subclasses are plain data",
        f"{E}/plain.py",
        "        if kind is list or kind is tuple:\n",
        "        if issubclass(kind, (list, tuple)):\n",
        f"{GUARDS}only_exact_types_are_plain",
    ),
    Mutant(
        "data may be of any depth",
        f"{E}/plain.py",
        "        if depth >= MAX_DEPTH:\n",
        "        if False:\n",
        f"{GUARDS}plain_data_has_bounds",
    ),
    Mutant(
        "data may have any number of items",
        f"{E}/plain.py",
        "        if self.items > MAX_ITEMS:\n",
        "        if False:\n",
        f"{GUARDS}plain_data_has_bounds",
    ),
    Mutant(
        "integers may be of any length",
        f"{E}/plain.py",
        "            if value.bit_length() > MAX_INT_BITS:",
        "            if False:",
        f"{GUARDS}plain_data_has_bounds",
    ),
    Mutant(
        "messages of the system can be forged",
        f"{E}/messages.py",
        "            if name in RESERVED_MESSAGES:\n",
        "            if False:\n",
        f"{MESSAGES}the_systems_own_messages_cannot_be_forged_by_programs",
    ),
    Mutant(
        "anybody answers a request",
        f"{E}/messages.py",
        "        if wait.server is None or wait.server.process is not thread.process:\n",
        "        if False:\n",
        f"{MESSAGES}nobody_but_the_server_can_answer_a_request",
    ),
    Mutant(
        "a receiver can be filled for ever",
        f"{E}/messages.py",
        "                if own >= process.limits.messages_per_sender:\n",
        "                if False:\n",
        f"{MESSAGES}a_receiver_that_never_pulls_cannot_be_filled_for_ever",
    ),
    Mutant(
        "a dead server's callers wait on",
        f"{E}/processes.py",
        "            self.messages.drop_server(thread)\n",
        "            pass\n",
        f"{MESSAGES}when_a_server_dies_its_callers_are_told_and_its_names_are_free",
    ),
    Mutant(
        "the log keeps escapes",
        f"{E}/log.py",
        'redacted(printable(" ".join(',
        'redacted(str(" ".join(',
        f"{GUARDS}the_log_shows_no_characters_that_a_terminal_obeys",
    ),
    Mutant(
        "a program logs as the system",
        f"{E}/log.py",
        "        if process.ring > 2 and process.uid != 0 and level not in USER_LEVELS:\n",
        "        if False:\n",
        f"{GUARDS}a_program_logs_at_the_levels_of_programs",
    ),
    Mutant(
        "the kernel's trace reaches a program",
        f"{E}/syscalls.py",
        "            return StatusError(error.status, error.detail, error.partial)\n",
        "            return error\n",
        f"{GUARDS}an_error_carries_nothing_of_the_kernels",
    ),
    # --- killing, waiting, waking
    Mutant(
        "other users' processes may be killed",
        f"{E}/processes.py",
        "        if caller.ring >= 2.5 and caller.uid != 0 and target.uid != caller.uid:\n",
        "        if False:\n",
        f"{TESTS}processes.py::test_who_may_signal_whom",
    ),
    Mutant(
        "processes of lower rings may be killed",
        f"{E}/processes.py",
        "        if caller.ring > target.ring:\n",
        "        if False:\n",
        f"{TESTS}processes.py::test_who_may_signal_whom",
    ),
    Mutant(
        "the kernel may be killed",
        f"{E}/processes.py",
        "        if target.pid <= 1 and caller.ring > 0:\n",
        "        if False:\n",
        f"{TESTS}processes.py::test_who_may_signal_whom",
    ),
    Mutant(
        "a child may kill its parent",
        f"{E}/processes.py",
        "        if target is not caller and self.is_ancestor(target, caller):\n",
        "        if False:\n",
        f"{GUARDS}nobody_signals_an_ancestor",
    ),
    Mutant(
        "orphans keep their dead parent",
        f"{E}/processes.py",
        "            self._adopt_orphans(process)\n",
        "",
        f"{GUARDS}orphans_go_to_the_next_living_ancestor",
    ),
    Mutant(
        "the handles of the dead stay open",
        f"{E}/processes.py",
        "            self._end_thread(thread)\n        self._ob.destroy_process(process)\n",
        "            self._end_thread(thread)\n",
        f"{TESTS}processes.py::test_everything_a_process_held_is_gone_when_it_ends",
    ),
    Mutant(
        "a thread is not unwound",
        f"{E}/scheduler.py",
        "            self._doomed.append(thread)\n",
        "",
        f"{TESTS}processes.py::test_a_program_that_will_not_die_dies",
    ),
    Mutant(
        "the mutexes of the dead stay theirs",
        f"{K}/mutexes.py",
        "            mutex.owner = None\n            mutex.recursion = 0\n            mutex.abandoned = True\n",
        "",
        f"{GUARDS}who_dies_with_a_mutex_leaves_it_to_the_next",
    ),
    Mutant(
        "nobody learns that a mutex was abandoned",
        f"{K}/mutexes.py",
        "            mutex.abandoned = True\n",
        "",
        f"{GUARDS}who_dies_with_a_mutex_leaves_it_to_the_next",
    ),
    Mutant(
        "a released mutex wakes nobody",
        f"{K}/mutexes.py",
        "            if mutex.waiters:\n                self._waits.wake_waiters(mutex)\n        return True\n",
        "        return True\n",
        f"{TESTS}sections.py::test_two_processes_count_in_one_section_under_a_mutex",
    ),
    Mutant(
        "a mutex that is another's may be released",
        f"{K}/mutexes.py",
        "        if mutex.owner is not thread:\n",
        "        if False:\n",
        f"{GUARDS}a_mutex_is_released_by_its_owner_only",
    ),
    Mutant(
        "the dead take permits",
        f"{K}/dispatcher.py",
        "            if not wait.active or thread.killed or thread.wait is not wait:",
        "            if False:",
        f"{EDGES}a_permit_that_is_given_back_after_a_kill_does_not_go_to_the_dead",
    ),
    Mutant(
        "a wait for all stops at the first abandoned one",
        f"{K}/dispatcher.py",
        "        if not satisfiable(thread, objects, True):\n",
        "        if not satisfiable(thread, objects, False):\n",
        f"{TESTS}timers.py::test_a_wait_for_all_takes_all_or_nothing_under_contention "
        f"{TESTS}ke_ipc.py::test_wait_for_any_and_for_all_take_only_what_they_return",
    ),
    Mutant(
        "who waits leaves its queues standing",
        f"{K}/dispatcher.py",
        "        except BaseException:\n            leave(wait)\n",
        "        except BaseException:\n",
        f"{TESTS}timers.py::test_a_killed_waiter_takes_nothing_with_it {GUARDS}an_interrupted_wait_leaves_no_trace",
    ),
    Mutant(
        "a pipe's last writer tells nobody",
        f"{K}/pipes.py",
        "            if not pipe.writers:\n                self._wake(pipe.read_waits)\n",
        "",
        f"{GUARDS}who_reads_a_pipe_learns_of_its_last_writers_end",
    ),
    Mutant(
        "SIGKILL can be masked",
        f"{K}/posix_signals.py",
        "        process.mask = frozenset(signums) - UNCATCHABLE\n",
        "        process.mask = frozenset(signums)\n",
        f"{GUARDS}what_cannot_be_caught_cannot_be_blocked",
    ),
    Mutant(
        "SIGKILL can be handled",
        f"{K}/posix_signals.py",
        "        if signum not in NAMES or signum in UNCATCHABLE:\n",
        "        if signum not in NAMES:\n",
        f"{GUARDS}what_cannot_be_caught_cannot_be_blocked",
    ),
    Mutant(
        "a handler is asked whether it is the default",
        f"{K}/posix_signals.py",
        '        return IGNORE if handler is SIG_IGN else "handle"\n',
        '        return IGNORE if handler == SIG_IGN else "handle"\n',
        f"{EDGES}a_handlers_own_equality_is_not_asked_by_who_sends_the_signal",
    ),
    Mutant(
        "a thread may sleep at dispatch level",
        f"{K}/dispatcher.py",
        "    if thread.irql >= DISPATCH_LEVEL:\n",
        "    if False:\n",
        f"{TESTS}timers.py::test_a_call_that_could_sleep_is_refused_at_dispatch_level_and_a_poll_is_not",
    ),
    # --- turns
    Mutant(
        "a quantum never ends",
        f"{E}/scheduler.py",
        "if now_ns >= self.attend_ns or thread.used_ns + now_ns - self.slice_start_ns >= QUANTUM_NS:",
        "if now_ns >= self.attend_ns + (1 << 40):",
        f"{TESTS}scheduling.py::test_a_program_that_only_computes_does_not_keep_others_from_running",
    ),
    Mutant(
        "a new thread has a quantum of its own",
        f"{E}/processes.py",
        "        made.used_ns = self._scheduler.quantum_used()\n",
        "",
        f"{EDGES}a_chain_of_new_threads_takes_no_more_than_its_turn",
    ),
    Mutant(
        "long slices are not counted",
        f"{E}/watchdog.py",
        "thread.strikes = max(0, thread.strikes - forgiven) + 1\n",
        "pass\n",
        f"{EDGES}the_watchdog_counts_every_long_slice_and_buries_whom_it_ends",
    ),
    Mutant(
        "three strikes end nobody",
        f"{E}/watchdog.py",
        "        if thread.strikes >= KILL_STRIKES and",
        "        if False and",
        f"{EDGES}the_watchdog_counts_every_long_slice_and_buries_whom_it_ends",
    ),
    Mutant(
        "only a new longest slice counts",
        f"{E}/scheduler.py",
        "        thread.notable_ns = min(thread.max_slice_ns, SLOW_NS)\n",
        "        thread.notable_ns = thread.max_slice_ns\n",
        f"{EDGES}the_watchdog_counts_every_long_slice_and_buries_whom_it_ends",
    ),
    # --- the sandbox
    Mutant(
        "no checkpoint in loops",
        f"{E}/preempt.py",
        "        node.body.insert(0, self.checkpoint(first))\n        return node\n",
        "        return node\n",
        CHECKPOINTS,
    ),
    Mutant(
        "no checkpoint in functions",
        f"{E}/preempt.py",
        "        head = [self.checkpoint(where)]\n",
        "        head = []\n",
        CHECKPOINTS,
    ),
    Mutant(
        "no checkpoint in lambdas",
        f"{E}/preempt.py",
        "        node.body = _place(_ast.BoolOp(op=_ast.Or(), values=[due, body]), where)",
        "        node.body = body",
        CHECKPOINTS,
    ),
    Mutant(
        "no checkpoint in comprehensions",
        f"{E}/preempt.py",
        "        node.ifs.insert(0, _place(_ast.BoolOp(op=_ast.Or(), values=[idle, passed]), where))\n",
        "",
        CHECKPOINTS,
    ),
    Mutant(
        "no checkpoint in handlers",
        f"{E}/preempt.py",
        "            handler.body.insert(0, self.checkpoint(first))\n",
        "            pass\n",
        CHECKPOINTS,
    ),
    Mutant(
        "no checkpoint in finally",
        f"{E}/preempt.py",
        "            node.finalbody.insert(0, self.checkpoint(last))\n",
        "            pass\n",
        CHECKPOINTS,
    ),
    Mutant(
        "shared classes take attributes",
        f"{E}/preempt.py",
        '            node.value = self.ask("sealed", [self.visit(value)], value)\n',
        "            node.value = self.visit(value)\n",
        f"{TESTS}sandbox.py {GUARDS}a_shared_class_takes_no_attributes",
    ),
    Mutant(
        "every special attribute may be read",
        f"{E}/policy.py",
        '        return None if name in ATTRIBUTES else "dunder-attribute"\n',
        "        return None\n",
        f"{TESTS}policy.py::test_what_leads_out_is_refused_by_name",
    ),
    Mutant(
        "frames may be read",
        f"{E}/policy.py",
        '    if is_frame_name(name):\n        return "frame-attribute"\n',
        "",
        f"{TESTS}policy.py::test_what_leads_out_is_refused_by_name",
    ),
    Mutant(
        "class patterns read any attribute",
        f"{E}/policy.py",
        '    ("MatchClass", "kwd_attrs"): _class_pattern,\n',
        '    ("MatchClass", "kwd_attrs"): lambda name: None,\n',
        f"{TESTS}policy.py::test_what_leads_out_is_refused_by_name",
    ),
    Mutant(
        "a string field that nobody knows passes",
        f"{E}/policy.py",
        '(kind, field) == ("TypeIgnore", "tag") else "unknown-syntax"\n',
        '(kind, field) == ("TypeIgnore", "tag") else None\n',
        f"{GUARDS}a_field_that_nobody_knows_is_refused",
    ),
    Mutant(
        "unknown syntax passes",
        f"{E}/policy.py",
        '            yield _refusal(REFUSED_NODES.get(kind.__name__, "unknown-syntax"), kind.__name__, path, node)\n',
        "",
        f"{GUARDS}a_field_that_nobody_knows_is_refused",
    ),
    Mutant(
        "classes may have finalizers",
        f"{E}/policy.py",
        "    __init__ __new__ __init_subclass__",
        "    __del__ __init__ __new__ __init_subclass__",
        f"{TESTS}policy.py::test_what_leads_out_is_refused_by_name",
    ),
    Mutant(
        "format strings read any attribute",
        f"{E}/safe_format.py",
        "                if is_attribute and (name in policy.GUARDED or policy.attribute_rule(name) is not None):\n",
        "                if False:\n",
        f"{TESTS}sandbox.py::test_ways_out_are_closed",
    ),
    Mutant(
        "powers have no bound",
        f"{E}/priced.py",
        '            raise OverflowError(f"the power would have',
        '            str(f"the power would have',
        f"{TESTS}preempt.py::test_integers_cannot_explode",
    ),
)
