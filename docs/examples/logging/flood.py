for number in range(300):
    syscall("kernel_log", f"line {number} of a program that has much to say")
    syscall("process_yield")
