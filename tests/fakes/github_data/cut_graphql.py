"""Cut GitHub's GraphQL schema down to the types that the stand-in serves.

    npm pack @octokit/graphql-schema && tar xzf octokit-graphql-schema-*.tgz
    python cut_graphql.py package/schema.graphql

Writes `schema.graphql` beside this script: the types, root fields and mutations below, each kept type with every field
whose own type is kept. Scalars, enums and the inputs of kept fields follow by themselves. Descriptions are left out.
"""

import sys
from pathlib import Path
from typing import Any

from graphql import DocumentNode, TypeDefinitionNode, parse, print_ast
from graphql.language import ast

FOLDER = Path(__file__).parent
QUERIES = frozenset({"node", "nodes", "rateLimit", "repository", "viewer"})
MUTATIONS = frozenset(
    {
        "addComment",
        "addPullRequestReview",
        "addPullRequestReviewThread",
        "addPullRequestReviewThreadReply",
        "addReaction",
        "deletePullRequestReview",
        "minimizeComment",
        "removeReaction",
        "resolveReviewThread",
        "submitPullRequestReview",
        "unminimizeComment",
        "unresolveReviewThread",
        "updateIssueComment",
        "updatePullRequestReview",
        "updatePullRequestReviewComment",
    }
)
TYPES = frozenset(
    {
        "Actor", "Bot", "CheckRun", "CheckRunConnection", "CheckSuite", "CheckSuiteConnection",
        "Comment", "Commit", "GitObject", "IssueComment", "IssueCommentConnection", "IssueCommentEdge",
        "Label", "LabelConnection", "LabelEdge", "Minimizable", "Mutation", "Node", "Organization", "PageInfo",
        "PullRequest", "PullRequestCommit", "PullRequestCommitConnection",
        "PullRequestReview", "PullRequestReviewComment", "PullRequestReviewCommentConnection",
        "PullRequestReviewCommentEdge", "PullRequestReviewConnection", "PullRequestReviewEdge",
        "PullRequestReviewThread", "PullRequestReviewThreadConnection", "PullRequestReviewThreadEdge", "Query",
        "RateLimit", "Reactable", "Reaction", "Ref", "Repository", "RepositoryOwner", "User",
    }
)  # fmt: skip


def cut(document: DocumentNode) -> DocumentNode:
    """The document of TYPES with their inputs, scalars and enums."""
    named = {node.name.value: node for node in document.definitions if isinstance(node, TypeDefinitionNode)}
    outputs = TYPES | {f"{name[0].upper()}{name[1:]}Payload" for name in MUTATIONS}
    kept: dict[str, TypeDefinitionNode] = {}
    for name in sorted(outputs):
        kept[name] = _with_fields_of(named[name], named, outputs)
    reached: set[str] = set()
    for node in kept.values():
        _collect(node, named, reached)
    extra = {name: named[name] for name in sorted(reached - kept.keys())}
    definitions = [_bare(node) for node in (*kept.values(), *extra.values())]
    return DocumentNode(definitions=tuple(definitions))


def _with_fields_of(node: Any, named: dict[str, Any], outputs: frozenset[str]) -> Any:
    """The type with the fields and interfaces that stay."""
    wanted = {"Query": QUERIES, "Mutation": MUTATIONS}.get(node.name.value)
    fields = [
        field
        for field in node.fields
        if (wanted is None or field.name.value in wanted) and _stays(field.type, named, outputs)
    ]
    interfaces = tuple(face for face in node.interfaces or () if face.name.value in outputs)
    return _copy(node, fields=tuple(fields), interfaces=interfaces)


def _stays(kind: Any, named: dict[str, Any], outputs: frozenset[str]) -> bool:
    name = _name(kind)
    leaf = isinstance(named.get(name), ast.ScalarTypeDefinitionNode | ast.EnumTypeDefinitionNode)
    return leaf or name in outputs or name not in named  # the built-in scalars are not defined in the document


def _collect(node: Any, named: dict[str, Any], reached: set[str]) -> None:
    """Every scalar, enum and input that the fields of the type name, and theirs."""
    for field in getattr(node, "fields", None) or ():
        for kind in [field.type, *(argument.type for argument in getattr(field, "arguments", ()) or ())]:
            name = _name(kind)
            target = named.get(name)
            if target is None or name in reached or isinstance(target, ast.ObjectTypeDefinitionNode):
                continue
            if isinstance(target, ast.InterfaceTypeDefinitionNode | ast.UnionTypeDefinitionNode):
                continue
            reached.add(name)
            _collect(target, named, reached)


def _name(kind: Any) -> str:
    while not isinstance(kind, ast.NamedTypeNode):
        kind = kind.type
    return str(kind.name.value)


def _bare(node: Any) -> Any:
    """Without descriptions and directives, at every depth."""
    if isinstance(node, tuple | list):
        return tuple(_bare(item) for item in node)
    if not isinstance(node, ast.Node):
        return node
    parts = {
        key: _bare(getattr(node, key, None)) for key in node.keys if key not in ("loc", "description", "directives")
    }
    return type(node)(**parts)


def _copy(node: Any, **changed: Any) -> Any:
    return type(node)(**({key: getattr(node, key, None) for key in node.keys if key != "loc"} | changed))


def main(source: Path) -> None:
    document = parse(source.read_text(), no_location=True)
    (FOLDER / "schema.graphql").write_text(print_ast(cut(document)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
