"""The picture of the groups of modules in docs/developers/architecture.md, for check_layers.py."""

import re

PAGE = "docs/developers/architecture.md"
EVERYWHERE = {"base", "command_line", "config", "cost"}  # left out of the picture
NODES = 12  # of the picture, at most


class Picture:
    """Groups of modules and arrows between them, from the flowchart of a page."""

    def __init__(self, text):
        found = re.search(r"^```mermaid\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        chart = found[1] if found else ""
        nodes = re.findall(r'(\w+)\["[^"]*<br>([^"]*)"\]', chart)
        self.groups = {node: re.split(r",\s*", modules) for node, modules in nodes}
        arrows = re.findall(r"(\w+)(?=\s*-->\s*(\w+))", re.sub(r'\["[^"]*"\]', "", chart))
        self.arrows = set(arrows)

    def node_of(self, module):
        """The node that names the module, or else its family; None if none does."""
        for name in (module, module.partition("/")[0]):
            for node, modules in self.groups.items():
                if name in modules:
                    return node
        return None

    def reached(self, node):
        """The nodes that arrows lead to from this one."""
        found, waiting = set(), [node]
        while waiting:
            at = waiting.pop()
            following = {end for start, end in self.arrows if start == at} - found
            found |= following
            waiting += following
        return found


def compare_picture(tree, picture):
    """Differences between the picture and what modules include."""
    if not picture.groups:
        return [f"{PAGE}: no picture of the groups of modules; draw one above the table"]
    found = []
    if len(picture.groups) > NODES:
        found.append(f"{PAGE}: the picture has {len(picture.groups)} nodes, at most {NODES}")
    named = [name for modules in picture.groups.values() for name in modules]
    families = {module.partition("/")[0] for module in tree.modules}
    for name in sorted(set(named)):
        if named.count(name) > 1:
            found.append(f"{PAGE}: the picture has '{name}' twice")
        if name not in families and name not in tree.modules:
            found.append(f"{PAGE}: the picture has '{name}', which is no module or family")
    used = {}  # (node, node that includes it): two modules
    for module in tree.modules:
        if module in EVERYWHERE:
            continue
        if picture.node_of(module) is None:
            found.append(f"{PAGE}: the picture lacks module '{module}'; name it in a node")
        for other in tree.includes[module] - EVERYWHERE:
            used[picture.node_of(other), picture.node_of(module)] = (other, module)
    for start, end in sorted(picture.arrows - set(used)):
        found.append(f"{PAGE}: the picture's arrow {start} --> {end} is of no include; take it out")
    for (start, end), (other, module) in sorted(used.items(), key=lambda pair: pair[1]):
        if None not in (start, end) and start != end and end not in picture.reached(start):
            found.append(
                f"{PAGE}: the picture has no way {start} --> {end}, "
                f"but '{module}' includes '{other}'; draw it"
            )
    return found
