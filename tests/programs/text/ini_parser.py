import re


class ConfigError(ValueError):
    def __init__(self, line, text):
        super().__init__(f"line {line}: cannot understand {text!r}")
        self.line = line


class Config(dict):
    _section = re.compile(r"\[(?P<name>[^]]+)\]$")
    _option = re.compile(r"(?P<key>[\w. -]+?)\s*[:=]\s*(?P<value>.*)$")

    @classmethod
    def parse(cls, text):
        config, section = cls(), None
        for number, raw in enumerate(text.splitlines(), 1):
            line = raw.split("#")[0].strip()
            if not line:
                continue
            if m := cls._section.match(line):
                section = config.setdefault(m["name"], {})
            elif section is not None and (m := cls._option.match(line)):
                section[m["key"]] = cls.convert(m["value"])
            else:
                raise ConfigError(number, raw)
        return config

    @staticmethod
    def convert(value):
        for kind in (int, float):
            try:
                return kind(value)
            except ValueError:
                continue
        lowered = value.lower()
        if lowered in {"true", "yes", "on"}: return True
        if lowered in {"false", "no", "off"}: return False
        if "," in value: return [Config.convert(v.strip()) for v in value.split(",")]
        return value.strip("\"'")

    def dump(self):
        out = []
        for name, options in self.items():
            out.append(f"[{name}]")
            out += [f"{k} = {', '.join(map(str, v)) if isinstance(v, list) else v}" for k, v in options.items()]
            out.append("")
        return "\n".join(out)

    def get_path(self, path, default=None):
        node = self
        for part in path.split("/"):
            try: node = node[part]
            except (KeyError, TypeError): return default
        return node


TEXT = """
# settings
[server]
host = "localhost"
port: 8080      # the port
debug = yes
ratio = 0.75

[paths]
list = a, 2, 3.5, off
"""
config = Config.parse(TEXT)
print(config)
print(config.dump())
print(config.get_path("server/port"), config.get_path("server/nope/x", "?"), Config.parse(config.dump()) == config)
try:
    Config.parse("[a]\nb = 1\nnonsense line")
except ConfigError as e:
    print(e, e.line)
