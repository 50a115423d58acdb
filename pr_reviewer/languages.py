"""Which language a file is written in: by its name, its extension, or its first line.

The ids are those of the tree-sitter grammars and of ast-grep. Fences, rules, patterns and definitions all use them.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A language. `extensions`, `names` (whole file names) and `interpreters` are words in one string.

    `fence` is the tag of a Markdown code block where it differs from the id; `comment` starts a comment that ends
    with the line, "" where there is none.
    """

    id: str
    extensions: str = ""
    names: str = ""
    interpreters: str = ""
    comment: str = ""
    fence: str = ""


LANGUAGES = (
    Language("ada", "adb ads ada", comment="--"),
    Language("apex", "cls trigger", comment="//"),
    Language("asm", "asm s", comment=";"),
    Language("astro", "astro"),
    Language("awk", "awk", interpreters="awk gawk mawk", comment="#"),
    Language(
        "bash",
        "sh bash zsh ksh bats ebuild",
        ".bashrc .bash_profile .bash_aliases .bash_logout .profile .zshrc .zshenv .zprofile .envrc PKGBUILD APKBUILD",
        "sh bash dash ash ksh zsh bats",
        "#",
    ),
    Language("batch", "bat cmd", comment="REM", fence="bat"),
    Language("bicep", "bicep bicepparam", comment="//"),
    Language("c", "c h", comment="//"),
    Language("clojure", "clj cljs cljc edn bb", interpreters="bb clojure", comment=";"),
    Language("cmake", "cmake", "CMakeLists.txt", comment="#"),
    Language("cobol", "cob cbl cpy"),
    Language("commonlisp", "lisp lsp asd", interpreters="sbcl", comment=";", fence="lisp"),
    Language("cpp", "cc cpp cxx c++ hh hpp hxx h++ ipp inl tpp ino", comment="//"),
    Language("crystal", "cr", interpreters="crystal", comment="#"),
    Language("csharp", "cs csx", comment="//"),
    Language("css", "css"),
    Language("cuda", "cu cuh", comment="//"),
    Language("cue", "cue", comment="//"),
    Language("d", "d di", interpreters="rdmd", comment="//"),
    Language("dart", "dart", comment="//"),
    Language("dockerfile", "dockerfile containerfile", "Dockerfile Containerfile", comment="#"),
    Language("elisp", "el", ".emacs", comment=";"),
    Language("elixir", "ex exs", interpreters="elixir", comment="#"),
    Language("elm", "elm", comment="--"),
    Language("embeddedtemplate", "erb ejs", fence="erb"),
    Language("erlang", "erl hrl escript", "rebar.config", "escript", "%"),
    Language("fish", "fish", interpreters="fish", comment="#"),
    Language("fortran", "f90 f95 f03 f08 f for", comment="!"),
    Language("fsharp", "fs fsi fsx", comment="//"),
    Language("gdscript", "gd", comment="#"),
    Language("gitignore", "", ".gitignore .dockerignore .npmignore .prettierignore .eslintignore", comment="#"),
    Language("gleam", "gleam", comment="//"),
    Language("glsl", "glsl vert frag geom comp", comment="//"),
    Language("go", "go", comment="//"),
    Language("gomod", "", "go.mod go.work", comment="//", fence="go"),
    Language("graphql", "graphql gql graphqls", comment="#"),
    Language("groovy", "groovy gradle gvy", "Jenkinsfile", "groovy", "//"),
    Language("handlebars", "hbs handlebars mustache"),
    Language("haskell", "hs hs-boot", interpreters="runhaskell runghc stack", comment="--"),
    Language("haxe", "hx", comment="//"),
    Language("hcl", "tf tfvars hcl nomad", comment="#"),
    Language("hlsl", "hlsl fx", comment="//"),
    Language("html", "html htm xhtml"),
    Language("http", "http rest", comment="#"),
    Language("ini", "ini cfg editorconfig", ".editorconfig .gitconfig .npmrc .flake8 .pylintrc", comment=";"),
    Language("java", "java", interpreters="java", comment="//"),
    Language("javascript", "js mjs cjs jsx es6 wxs", "Jakefile", "node nodejs bun", "//"),
    Language("jinja", "j2 jinja jinja2"),
    Language(
        "json",
        "json jsonc json5 jsonl ndjson geojson webmanifest avsc har ipynb code-workspace sarif",
        ".babelrc .eslintrc .prettierrc .swcrc composer.lock Pipfile.lock flake.lock deno.lock bun.lock",
    ),
    Language("jsonnet", "jsonnet libsonnet", comment="//"),
    Language("julia", "jl", interpreters="julia", comment="#"),
    Language("just", "just", "justfile .justfile", "just", "#"),
    Language("kotlin", "kt kts", interpreters="kotlin", comment="//"),
    Language("latex", "tex sty ltx", comment="%"),
    Language("less", "less", comment="//"),
    Language("liquid", "liquid"),
    Language("lua", "lua rockspec luau", interpreters="lua luajit", comment="--"),
    Language("make", "mk mak make", "Makefile GNUmakefile Kbuild", "make", "#", "makefile"),
    Language("markdown", "md markdown mdown mkd mdx"),
    Language("matlab", "matlab", interpreters="octave", comment="%"),
    Language("meson", "", "meson.build meson_options.txt meson.options", comment="#"),
    Language("move", "move", comment="//"),
    Language("nginx", "nginx nginxconf", "nginx.conf", comment="#"),
    Language("nim", "nim nims nimble", interpreters="nim", comment="#"),
    Language("nix", "nix", interpreters="nix-shell", comment="#"),
    Language("objc", "m mm", comment="//", fence="objectivec"),
    Language("ocaml", "ml mli mll mly", interpreters="ocaml"),
    Language("odin", "odin", comment="//"),
    Language("pascal", "pas dpr lpr", comment="//"),
    Language("perl", "pl pm t psgi pod", "cpanfile", "perl", "#"),
    Language("php", "php php3 php4 php5 php7 phtml phpt", interpreters="php", comment="//"),
    Language("plpgsql", "pgsql", comment="--", fence="sql"),
    Language("powershell", "ps1 psm1 psd1", interpreters="pwsh powershell", comment="#"),
    Language("prisma", "prisma", comment="//"),
    Language("prolog", "plt prolog", interpreters="swipl", comment="%"),
    Language("properties", "properties", ".env", comment="#"),
    Language("proto", "proto", comment="//", fence="protobuf"),
    Language("puppet", "pp epp", comment="#"),
    Language("purescript", "purs", comment="--"),
    Language(
        "python",
        "py pyi pyw pyx pxd gyp",
        "SConstruct SConscript wscript .pythonrc",
        "python python2 python3 pypy pypy3 uv",
        "#",
    ),
    Language("qml", "qml", comment="//"),
    Language("r", "r rmd", ".Rprofile", "Rscript", "#"),
    Language("racket", "rkt", interpreters="racket", comment=";"),
    Language("razor", "cshtml razor", fence="cshtml"),
    Language("rego", "rego", comment="#"),
    Language("requirements", "", "requirements.txt requirements-dev.txt constraints.txt", comment="#", fence="text"),
    Language("rst", "rst"),
    Language(
        "ruby",
        "rb rake gemspec ru podspec rbw jbuilder thor",
        "Rakefile Gemfile Guardfile Podfile Vagrantfile Fastfile Appfile Brewfile Capfile Berksfile Dangerfile .irbrc",
        "ruby jruby rake",
        "#",
    ),
    Language("rust", "rs", interpreters="rust-script", comment="//"),
    Language("sass", "sass", comment="//"),
    Language("scala", "scala sc sbt", interpreters="scala scala-cli", comment="//"),
    Language("scheme", "scm ss sld", interpreters="guile", comment=";"),
    Language("scss", "scss", comment="//"),
    Language("solidity", "sol", comment="//"),
    Language("sql", "sql ddl dml mysql psql", comment="--"),
    Language("starlark", "bzl star bazel", "BUILD WORKSPACE Tiltfile", comment="#"),
    Language("svelte", "svelte"),
    Language("swift", "swift", interpreters="swift", comment="//"),
    Language("tcl", "tcl tk", interpreters="tclsh wish", comment="#"),
    Language("thrift", "thrift", comment="//"),
    Language("toml", "toml", "Cargo.lock poetry.lock uv.lock Pipfile", comment="#"),
    Language("tsx", "tsx", comment="//"),
    Language("twig", "twig"),
    Language("typescript", "ts mts cts", interpreters="deno ts-node tsx", comment="//"),
    Language("typst", "typ", comment="//"),
    Language("vala", "vala vapi", comment="//"),
    Language("vb", "vb vbs bas", comment="'", fence="vbnet"),
    Language("verilog", "v vh sv svh", comment="//"),
    Language("vhdl", "vhd vhdl", comment="--"),
    Language("vim", "vim", ".vimrc", comment='"'),
    Language("vue", "vue"),
    Language("wgsl", "wgsl", comment="//"),
    Language(
        "xml", "xml xsd xsl xslt svg plist csproj fsproj vbproj props targets nuspec resx xaml wsdl storyboard xib"
    ),
    Language("yaml", "yml yaml", ".clang-format .clang-tidy .yamllint", comment="#"),
    Language("zig", "zig zon", comment="//"),
)

_ALIASES = {
    "assembly": "asm",
    "c#": "csharp",
    "c++": "cpp",
    "delphi": "pascal",
    "docker": "dockerfile",
    "f#": "fsharp",
    "golang": "go",
    "makefile": "make",
    "node": "javascript",
    "nodejs": "javascript",
    "objective-c": "objc",
    "objectivec": "objc",
    "protobuf": "proto",
    "shell": "bash",
    "terraform": "hcl",
    "visualbasic": "vb",
}
_BY_ID = {language.id: language for language in LANGUAGES}
NAMES: frozenset[str] = frozenset(_BY_ID)
_BY_EXTENSION = {extension: language.id for language in LANGUAGES for extension in language.extensions.split()}
_BY_NAME = {name.lower(): language.id for language in LANGUAGES for name in language.names.split()}
_BY_INTERPRETER = {name: language.id for language in LANGUAGES for name in language.interpreters.split()}
# `Dockerfile.dev`, `Makefile.am` and `.env.local` are what their stem is.
_STEMS = ("dockerfile", "containerfile", "makefile", "jenkinsfile", ".env")
_PROSE = frozenset({"markdown", "rst"})
_PROSE_EXTENSIONS = frozenset({"txt", "text", "adoc", "asciidoc", "org", "textile"})
_PROSE_NAMES = frozenset(
    {"authors", "changelog", "changes", "contributors", "copying", "licence", "license", "notice", "readme"}
)
_SHEBANG = re.compile(r"#!\s*(?:\S*/)?env\s+(?:-\S+\s+|\w+=\S*\s+)*(?:\S*/)?([^\s/]+)|#!\s*(?:\S*/)?([^\s/]+)")
_SHEBANG_LENGTH = 255
_VERSION = re.compile(r"[-.0-9]+$")


def language_of(path: str, first_line: str = "") -> str | None:
    """The id of the file's language; None where neither its name nor a `#!` in its first line tells."""
    name = path.rpartition("/")[2].lower()
    stem, _, extension = name.rpartition(".")
    if found := _BY_NAME.get(name) or (_BY_EXTENSION.get(extension) if stem else None):
        return found
    for known in _STEMS:
        if name.startswith(f"{known}."):
            return _BY_NAME[known]
    return _of_shebang(first_line)


def is_prose(path: str, language: str | None) -> bool:
    """Whether a file is written for people alone: Markdown, reStructuredText, plain text, a licence."""
    if language is not None:
        return language in _PROSE
    stem, dot, extension = path.rpartition("/")[2].lower().rpartition(".")
    return extension in (_PROSE_EXTENSIONS if dot and stem else _PROSE_NAMES)


def language_named(name: str) -> str | None:
    """The id of a language that people call by several names (`js`, `golang`, `C++`); None where it is unknown."""
    folded = name.strip().lower()
    return folded if folded in _BY_ID else _ALIASES.get(folded) or _BY_EXTENSION.get(folded)


def fence_of(language: str | None) -> str:
    """The tag of a Markdown code block in that language; "" for none."""
    known = _BY_ID.get(language or "")
    return (known.fence or known.id) if known else ""


def line_comment(language: str | None) -> str:
    """What starts a comment that ends with the line; "" where the language has none or is not known."""
    known = _BY_ID.get(language or "")
    return known.comment if known else ""


def _of_shebang(first_line: str) -> str | None:
    match = _SHEBANG.match(first_line[:_SHEBANG_LENGTH])
    if not match:
        return None
    interpreter = match[1] or match[2]
    return _BY_INTERPRETER.get(interpreter) or _BY_INTERPRETER.get(_VERSION.sub("", interpreter))
