"""The table of what hostile inputs did, as text and as Markdown."""

from collections import Counter


def as_text(results, seed):
    groups = Counter((r.group, bool(r.faults)) for r in results)
    lines = [f"{r}: {n}" for r, n in sorted(groups.items())]
    slow = sorted(results, key=lambda r: -r.seconds)[:5]
    total = sum(r.seconds for r in results)
    lines += [f"{r.seconds:.1f} {r.peak_bytes/1e9:.1f}GB {r.tried['words'] if 'words' in r.tried else r.tried}" [:200] for r in slow]
    lines += [f"codes {Counter(r.code for r in results)} total {total:.0f}s"]
    return "\n".join(lines)


def write_table(path, results, seed, holds):
    pass
