"""A metronome: every read waits for the next beat."""

from axis import dk

DRIVER_INFO = {"driver_name": "Ticker", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

DEVICE = r"\Device\Ticker"


class Ticker:
    """The readers that wait for the next beat, and how many there were."""

    def __init__(self):
        self.readers = []
        self.beats = 0

    def driver_entry(self, driver):
        driver.dispatch[dk.IRP_MJ_READ] = self.on_read
        driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = self.on_control
        dk.create_device(driver, DEVICE)
        dk.create_symbolic_link("/dev/ticker", DEVICE)
        self.timer = dk.Timer()
        self.timer.set(1.0, self.on_beat, period_s=1.0)

    def on_read(self, device, irp):
        irp.step = f"waiting for beat {self.beats + 1}"
        self.readers.append(irp)
        return dk.PENDING

    def on_control(self, device, irp):
        if irp.parameters.method != "tempo":
            raise dk.StatusError(dk.STATUS_NOT_IMPLEMENTED, "a metronome only knows tempo")
        args = irp.parameters.args
        if len(args) != 1 or type(args[0]) is not int or not 0 < args[0] <= 600:
            raise dk.StatusError(dk.STATUS_INVALID_PARAMETER, "a tempo is a number of beats a minute, 1 to 600")
        period_s = 60 / args[0]
        self.timer.set(period_s, self.on_beat, period_s=period_s)

    def on_beat(self, _argument):  # at DISPATCH level: short, and nothing that sleeps
        self.beats += 1
        for irp in self.readers:
            dk.complete_request(irp, dk.STATUS_SUCCESS, f"beat {self.beats}\n".encode())
        self.readers.clear()

    def on_cancel(self, irp):
        self.readers.remove(irp)


ticker = Ticker()
dk.run(ticker.driver_entry, on_cancel=ticker.on_cancel)
