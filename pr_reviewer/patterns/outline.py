"""Which lines are a definition: a function, method, class, type or the like. Runs in the worker process."""

from tree_sitter import Node

from pr_reviewer.patterns.grammars import clean, grammar_of

_SCRIPT = """function_declaration generator_function_declaration class_declaration method_definition
    variable_declarator field_definition pair assignment_expression call_expression"""
_TYPED_SCRIPT = (
    _SCRIPT.replace("field_definition", "public_field_definition")
    + """ abstract_class_declaration interface_declaration
    type_alias_declaration enum_declaration internal_module function_signature"""
)
_KINDS = {
    "python": "function_definition class_definition assignment",
    "javascript": _SCRIPT,
    "typescript": _TYPED_SCRIPT,
    "tsx": _TYPED_SCRIPT,
    "go": "function_declaration method_declaration type_spec type_alias var_spec",
    "java": """class_declaration interface_declaration enum_declaration record_declaration annotation_type_declaration
        method_declaration constructor_declaration compact_constructor_declaration""",
    "ruby": "module class singleton_class method singleton_method call",
    "rust": """function_item struct_item enum_item union_item trait_item impl_item mod_item macro_definition
        function_signature_item""",
    "c": "function_definition struct_specifier union_specifier enum_specifier",
    "cpp": """function_definition struct_specifier union_specifier enum_specifier class_specifier namespace_definition
        concept_definition""",
    "csharp": """class_declaration interface_declaration struct_declaration record_declaration enum_declaration
        namespace_declaration method_declaration constructor_declaration destructor_declaration property_declaration
        operator_declaration delegate_declaration local_function_statement""",
    "php": """class_declaration interface_declaration trait_declaration enum_declaration method_declaration
        function_definition assignment_expression""",
    "bash": "function_definition",
}
# Definitions only where what they hold is a function.
_ASSIGNMENTS = {
    "assignment": "right",
    "variable_declarator": "value",
    "field_definition": "value",
    "public_field_definition": "value",
    "pair": "value",
    "assignment_expression": "right",
    "var_spec": "value",
}
_FUNCTIONS = frozenset(
    [
        *("arrow_function", "function_expression", "generator_function", "class", "lambda", "func_literal"),
        *("anonymous_function", "anonymous_function_creation_expression"),
    ]
)
_BODILESS = frozenset(["struct_specifier", "union_specifier", "enum_specifier", "class_specifier"])  # mere mentions
# What belongs to a definition when it stands around it and around nothing else.
_WRAPPERS = frozenset(
    [
        *("decorated_definition", "export_statement", "ambient_declaration", "template_declaration"),
        *("lexical_declaration", "variable_declaration", "var_declaration", "expression_statement", "expression_list"),
        *("type_declaration", "type_definition"),
    ]
)
_LABELS = frozenset(["string", "template_string", "expression_list"])


def outline(text: str, language: str) -> list[tuple[str, int, int]]:
    """Every definition, nested ones too: its name, its first and last line, decorators included."""
    grammar, kinds = grammar_of(language), _KINDS.get(language)
    if grammar is None or kinds is None:
        return []
    tree = grammar.parse(clean(text))
    query = " ".join(f"({kind}) @node" for kind in kinds.split())
    definitions = ((_name(node), _whole(node)) for node in grammar.nodes(tree, query) if _defines(node))
    return [(name, *_lines(first, last)) for name, (first, last) in definitions]


def _defines(node: Node) -> bool:
    if node.type in _ASSIGNMENTS:
        return _holds_function(node.child_by_field_name(_ASSIGNMENTS[node.type]))
    if node.type in ("call_expression", "call"):
        return _is_test_block(node)
    return node.type not in _BODILESS or node.child_by_field_name("body") is not None


def _holds_function(value: Node | None) -> bool:
    """Whether a value is a function, or a call that is handed one (`memo(() => …)`)."""
    if value is not None and value.type in ("expression_list", "call_expression"):
        arguments = value.child_by_field_name("arguments") or value
        return any(child.type in _FUNCTIONS for child in arguments.named_children)
    return value is not None and value.type in _FUNCTIONS


def _is_test_block(node: Node) -> bool:
    """`it("adds", () => …)`, `describe "x" do … end`: how test files are divided."""
    arguments = node.child_by_field_name("arguments")
    if arguments is None or not arguments.named_children or arguments.named_children[0].type not in _LABELS:
        return False
    block = node.child_by_field_name("block") or arguments.named_children[-1]
    return block.type in _FUNCTIONS or block.type in ("do_block", "block")


def _whole(node: Node) -> tuple[Node, Node]:
    """The nodes with which a definition starts and ends: what wraps it, and the attributes that stand before it."""
    while node.parent is not None and node.parent.type in _WRAPPERS and _stands_alone(node, node.parent):
        node = node.parent
    first = node
    while first.prev_named_sibling is not None and first.prev_named_sibling.type in ("attribute_item", "decorator"):
        first = first.prev_named_sibling
    return first, node


def _stands_alone(node: Node, wrapper: Node) -> bool:
    others = (child for child in wrapper.named_children if child != node)
    return all(other.type not in (node.type, "statement_block") for other in others)


def _lines(first: Node, last: Node) -> tuple[int, int]:
    """One-based, inclusive: a node that ends at the start of a line does not reach into it."""
    end = last.end_point.row + 1 if last.end_point.column else last.end_point.row
    return first.start_point.row + 1, max(end, first.start_point.row + 1)


def _name(node: Node) -> str:
    """What the definition is called; `impl Trait for Type` and test blocks are called by their first words."""
    if node.type == "impl_item":
        parts = [_text(node.child_by_field_name(field)) for field in ("trait", "type")]
        return "impl " + " for ".join(part for part in parts if part)
    if node.type in ("call_expression", "call"):
        label = node.child_by_field_name("arguments")
        callee = node.child_by_field_name("function") or node.child_by_field_name("method")
        return f"{_text(callee)} {_text(label.named_children[0] if label else None)}"
    named = node.parent if node.parent is not None and node.parent.type == "type_definition" else node
    for field in ("name", "left", "property", "key", "declarator"):
        named = named.child_by_field_name(field) or named
    while (inner := named.child_by_field_name("declarator")) is not None:
        named = inner
    return _text(named) if named != node else ""


def _text(node: Node | None) -> str:
    text = node.text.decode(errors="replace") if node is not None and node.text is not None else ""
    return text.partition("\n")[0]
