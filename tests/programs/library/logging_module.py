import io
import logging
import sys

logging.basicConfig(level=logging.DEBUG, format="%(levelname)s:%(name)s:%(message)s", stream=sys.stdout)
log = logging.getLogger("app")
log.debug("debug %d", 1)
log.info("info %s %s", "a", "b")
log.warning("warning %(x)s", {"x": 5})
log.error("error")
log.critical("critical!")
child = logging.getLogger("app.sub.module")
child.setLevel(logging.ERROR)
child.info("hidden")
child.error("shown")
print(child.getEffectiveLevel(), child.parent.name, log.isEnabledFor(logging.DEBUG), logging.getLevelName(30), logging.getLevelName("ERROR"))
buf = io.StringIO()
handler = logging.StreamHandler(buf)
handler.setFormatter(logging.Formatter("[{levelname:<8}] {name} - {message}", style="{"))
handler.setLevel(logging.WARNING)
quiet = logging.getLogger("quiet")
quiet.propagate = False
quiet.addHandler(handler)
quiet.info("no"); quiet.warning("yes")
try:
    1 / 0
except ZeroDivisionError:
    quiet.exception("failed")
print(buf.getvalue().splitlines()[0], buf.getvalue().splitlines()[-1])
class Only(logging.Filter):
    def filter(self, record): return "keep" in record.getMessage()
quiet.addFilter(Only())
quiet.error("drop this"); quiet.error("keep this")
print(buf.getvalue().splitlines()[-1])
class ListHandler(logging.Handler):
    def __init__(self): super().__init__(); self.records = []
    def emit(self, record): self.records.append((record.levelname, record.getMessage(), record.args))
lh = ListHandler()
quiet.filters.clear(); quiet.addHandler(lh); quiet.warning("to %s", "list")
print(lh.records)
logging.addLevelName(25, "NOTICE"); log.log(25, "custom level")
adapter = logging.LoggerAdapter(log, {"user": "ann"})
adapter.info("via adapter")
logging.disable(logging.CRITICAL); log.critical("disabled"); logging.disable(logging.NOTSET)
print(logging.getLogger() is logging.root, logging.getLogger("app") is log, log, quiet.hasHandlers(), len(quiet.handlers))
fh = logging.FileHandler("app.log", mode="w")
fh.setFormatter(logging.Formatter("%(levelname)-8s|%(message)s"))
log.addHandler(fh); log.info("to file"); fh.close(); log.removeHandler(fh)
print(open("app.log").read())
