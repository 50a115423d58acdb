"""One file in each language, and right edits of it: the lines as they are, and what they should be."""

# ruff: noqa: E501 code stands as it is written

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """`old` stands once in its file, as whole lines; "" for `new`: the lines go. `is_function`: all of a function."""

    old: str
    new: str
    is_function: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file that parses. `breaking` are whole lines without which it does not."""

    path: str
    text: str
    edits: tuple[Edit, ...]
    breaking: tuple[str, ...]
    opening: str
    comment: str = "#"
    takes_tabs: bool = True

    @property
    def closing(self) -> str:
        """What ends a block: one too many breaks the file."""
        return "end" if self.path.endswith(".rb") else {"(": ")", "{": "}", "[": "]"}[self.opening]


PYTHON = Source(
    "shop/orders.py",
    '''import json


class Orders:
    """Keeps orders in a file."""

    def __init__(self, path, limit=10):
        self.path = path
        self.limit = limit
        self.seen = {}

    def load(self):
        with open(self.path) as file:
            data = json.load(file)
        result = []
        for index in range(len(data)):
            if data[index]["active"] == True:
                result.append(data[index])
        return result

    def total(self, orders):
        unused = len(orders)
        amount = 0
        for order in orders:
            amount = amount + order["price"]
        return amount


def find(orders, name):
    for order in orders:
        if order["name"] == name:
            return order
    return None


def names(orders):
    return [order["name"] for order in orders if order["name"] is not None and order["name"] != ""]
''',
    (
        Edit('            if data[index]["active"] == True:', '            if data[index]["active"]:'),
        Edit(
            "        result = []\n        for index in range(len(data)):\n"
            '            if data[index]["active"] == True:\n                result.append(data[index])\n'
            "        return result",
            '        return [entry for entry in data if entry["active"]]',
        ),
        Edit(
            '        amount = 0\n        for order in orders:\n            amount = amount + order["price"]\n'
            "        return amount",
            '        return sum(order["price"] for order in orders)',
        ),
        Edit("        unused = len(orders)", ""),
        Edit(
            "def find(orders, name):\n    for order in orders:\n"
            '        if order["name"] == name:\n            return order\n    return None',
            'def find(orders, name):\n    return next((order for order in orders if order["name"] == name), None)',
            is_function=True,
        ),
        Edit(
            '    return [order["name"] for order in orders if order["name"] is not None and order["name"] != ""]',
            '    found = (order["name"] for order in orders)\n    return [\n        name\n        for name in found\n'
            "        if name\n    ]",
        ),
    ),
    ("        with open(self.path) as file:", "def names(orders):", "    def __init__(self, path, limit=10):"),
    opening="(",
)

TYPESCRIPT = Source(
    "shop/orders.ts",
    """import { Order } from "./order";

export class Orders {
  private seen: Record<string, Order> = {};

  constructor(private readonly path: string, private readonly limit = 10) {}

  active(data: Order[]): Order[] {
    const result: Order[] = [];
    for (let index = 0; index < data.length; index++) {
      if (data[index].active === true) {
        result.push(data[index]);
      }
    }
    return result;
  }

  total(orders: Order[]): number {
    const unused = orders.length;
    let amount = 0;
    for (const order of orders) {
      amount = amount + order.price;
    }
    return amount;
  }
}

export function find(orders: Order[], name: string): Order | undefined {
  for (const order of orders) {
    if (order.name == name) {
      return order;
    }
  }
  return undefined;
}

export const names = (orders: Order[]) => orders.map((order) => order.name).filter((name) => name != null);
""",
    (
        Edit("      if (data[index].active === true) {", "      if (data[index].active) {"),
        Edit(
            "    const result: Order[] = [];\n    for (let index = 0; index < data.length; index++) {\n"
            "      if (data[index].active === true) {\n        result.push(data[index]);\n      }\n    }\n"
            "    return result;",
            "    return data.filter((order) => order.active);",
        ),
        Edit("      amount = amount + order.price;", "      amount += order.price;"),
        Edit("    const unused = orders.length;", ""),
        Edit(
            "export function find(orders: Order[], name: string): Order | undefined {\n"
            "  for (const order of orders) {\n    if (order.name == name) {\n      return order;\n    }\n  }\n"
            "  return undefined;\n}",
            "export function find(orders: Order[], name: string): Order | undefined {\n"
            "  return orders.find((order) => order.name === name);\n}",
            is_function=True,
        ),
        Edit(
            "export const names = (orders: Order[]) => orders.map((order) => order.name).filter((name) => name != null);",
            "export const names = (orders: Order[]): string[] => {\n  const found = orders.map((order) => order.name);\n"
            "  return found.filter((name) => name);\n};",
        ),
    ),
    ("export class Orders {", "    for (const order of orders) {", "  return undefined;\n}"),
    opening="{",
    comment="//",
)

GO = Source(
    "shop/orders.go",
    """package shop

import "errors"

type Orders struct {
\tpath  string
\tlimit int
}

func (o *Orders) Active(data []Order) []Order {
\tvar result []Order
\tfor index := 0; index < len(data); index++ {
\t\tif data[index].Active == true {
\t\t\tresult = append(result, data[index])
\t\t}
\t}
\treturn result
}

func (o *Orders) Total(orders []Order) int {
\t_ = len(orders)
\tamount := 0
\tfor _, order := range orders {
\t\tamount = amount + order.Price
\t}
\treturn amount
}

func Find(orders []Order, name string) (*Order, error) {
\tfor index := range orders {
\t\tif orders[index].Name == name {
\t\t\treturn &orders[index], nil
\t\t} else {
\t\t\tcontinue
\t\t}
\t}
\treturn nil, errors.New("no such order")
}

func IsEmpty(orders []Order) bool { if len(orders) == 0 { return true }; return false }
""",
    (
        Edit("\t\tif data[index].Active == true {", "\t\tif data[index].Active {"),
        Edit(
            "\tfor index := 0; index < len(data); index++ {\n\t\tif data[index].Active == true {\n"
            "\t\t\tresult = append(result, data[index])\n\t\t}\n\t}",
            "\tfor _, order := range data {\n\t\tif order.Active {\n\t\t\tresult = append(result, order)\n\t\t}\n\t}",
        ),
        Edit("\t\tamount = amount + order.Price", "\t\tamount += order.Price"),
        Edit("\t_ = len(orders)", ""),
        Edit(
            "func Find(orders []Order, name string) (*Order, error) {\n\tfor index := range orders {\n"
            "\t\tif orders[index].Name == name {\n\t\t\treturn &orders[index], nil\n\t\t} else {\n\t\t\tcontinue\n\t\t}\n"
            '\t}\n\treturn nil, errors.New("no such order")\n}',
            "func Find(orders []Order, name string) (*Order, error) {\n\tfor index := range orders {\n"
            "\t\tif orders[index].Name == name {\n\t\t\treturn &orders[index], nil\n\t\t}\n"
            '\t}\n\treturn nil, errors.New("no order of this name")\n}',
            is_function=True,
        ),
        Edit(
            "func IsEmpty(orders []Order) bool { if len(orders) == 0 { return true }; return false }",
            "func IsEmpty(orders []Order) bool {\n\treturn len(orders) == 0\n}",
        ),
    ),
    ("type Orders struct {", "\tfor _, order := range orders {", '\treturn nil, errors.New("no such order")\n}'),
    opening="{",
    comment="//",
)

JAVA = Source(
    "shop/Orders.java",
    """package shop;

import java.util.ArrayList;
import java.util.List;

public class Orders {
    private final String path;
    private int limit = 10;

    public Orders(String path) {
        this.path = path;
    }

    public List<Order> active(List<Order> data) {
        List<Order> result = new ArrayList<>();
        for (int index = 0; index < data.size(); index++) {
            if (data.get(index).isActive() == true) {
                result.add(data.get(index));
            }
        }
        return result;
    }

    public int total(List<Order> orders) {
        int unused = orders.size();
        int amount = 0;
        for (Order order : orders) {
            amount = amount + order.price();
        }
        return amount;
    }

    public Order find(List<Order> orders, String name) {
        for (Order order : orders) {
            if (order.name().equals(name)) {
                return order;
            }
        }
        return null;
    }

    boolean isEmpty(List<Order> orders) { if (orders.size() == 0) { return true; } return false; }
}
""",
    (
        Edit("            if (data.get(index).isActive() == true) {", "            if (data.get(index).isActive()) {"),
        Edit(
            "        for (int index = 0; index < data.size(); index++) {\n"
            "            if (data.get(index).isActive() == true) {\n"
            "                result.add(data.get(index));\n            }\n        }",
            "        for (Order order : data) {\n            if (order.isActive()) {\n"
            "                result.add(order);\n            }\n        }",
        ),
        Edit("            amount = amount + order.price();", "            amount += order.price();"),
        Edit("        int unused = orders.size();", ""),
        Edit(
            "    public Order find(List<Order> orders, String name) {\n        for (Order order : orders) {\n"
            "            if (order.name().equals(name)) {\n                return order;\n            }\n        }\n"
            "        return null;\n    }",
            "    public Order find(List<Order> orders, String name) {\n        return orders.stream()\n"
            "            .filter(order -> order.name().equals(name))\n            .findFirst()\n"
            "            .orElse(null);\n    }",
            is_function=True,
        ),
        Edit(
            "    boolean isEmpty(List<Order> orders) { if (orders.size() == 0) { return true; } return false; }",
            "    boolean isEmpty(List<Order> orders) {\n        return orders.isEmpty();\n    }",
        ),
    ),
    (
        "public class Orders {",
        "        for (Order order : orders) {\n            amount",
        "        return null;\n    }",
    ),
    opening="{",
    comment="//",
)

RUBY = Source(
    "shop/orders.rb",
    """require "json"

class Orders
  attr_reader :limit

  def initialize(path, limit = 10)
    @path = path
    @limit = limit
  end

  def active(data)
    result = []
    for index in 0...data.length
      if data[index].active? == true
        result.push(data[index])
      end
    end
    return result
  end

  def total(orders)
    unused = orders.length
    amount = 0
    orders.each do |order|
      amount = amount + order.price
    end
    amount
  end

  def find(orders, name)
    orders.each do |order|
      if order.name == name
        return order
      end
    end
    return nil
  end
end

def names(orders) orders.map { |order| order.name }.select { |name| name != nil } end
""",
    (
        Edit("      if data[index].active? == true", "      if data[index].active?"),
        Edit(
            "    result = []\n    for index in 0...data.length\n      if data[index].active? == true\n"
            "        result.push(data[index])\n      end\n    end\n    return result",
            "    data.select { |order| order.active? }",
        ),
        Edit("      amount = amount + order.price", "      amount += order.price"),
        Edit("    unused = orders.length", ""),
        Edit(
            "  def find(orders, name)\n    orders.each do |order|\n      if order.name == name\n"
            "        return order\n      end\n    end\n    return nil\n  end",
            "  def find(orders, name)\n    orders.find { |order| order.name == name }\n  end",
            is_function=True,
        ),
        Edit(
            "def names(orders) orders.map { |order| order.name }.select { |name| name != nil } end",
            "def names(orders)\n  orders.map { |order| order.name }.compact\nend",
        ),
    ),
    ("class Orders", "    orders.each do |order|\n      amount", "    return nil\n  end"),
    opening="{",
)

YAML = Source(
    "deploy/values.yaml",
    """service:
  name: orders
  replicas: 1
  unused: true
  ports:
    - name: http
      port: 8080
      protocol: TCP
    - name: metrics
      port: 9090
      protocol: TCP
  resources: {limits: {cpu: 1, memory: 64Mi}}
  env:
    - name: LOG_LEVEL
      value: debug
    - name: REGION
      value: "eu"
probes:
  liveness:
    path: /health
    periodSeconds: 1
  readiness: {path: /health, periodSeconds: 1}
""",
    (
        Edit("  replicas: 1", "  replicas: 3"),
        Edit(
            "    - name: LOG_LEVEL\n      value: debug",
            "    - name: LOG_LEVEL\n      value: info\n    - name: LOG_FORMAT\n      value: json",
        ),
        Edit("    periodSeconds: 1", "    periodSeconds: 10\n    timeoutSeconds: 2"),
        Edit("  unused: true", ""),
        Edit(
            "  liveness:\n    path: /health\n    periodSeconds: 1",
            "  liveness:\n    path: /alive\n    periodSeconds: 15",
            is_function=True,
        ),
        Edit(
            "  readiness: {path: /health, periodSeconds: 1}",
            "  readiness: {\n    path: /ready,\n    periodSeconds: 5\n  }",
        ),
        Edit(
            "  resources: {limits: {cpu: 1, memory: 64Mi}}",
            "  resources: {limits: {cpu: 2, memory: 128Mi}}",
        ),
    ),
    ("service:", "  ports:", "  liveness:"),
    opening="{",
    takes_tabs=False,
)

JSON = Source(
    "config/orders.json",
    """{
  "name": "orders",
  "limit": 10,
  "unused": true,
  "retries": {"count": 1, "delays": [1, 2]},
  "endpoints": [
    {
      "path": "/orders",
      "method": "GET",
      "timeout": 0
    },
    {
      "path": "/orders/{id}",
      "method": "GET",
      "timeout": 0.5
    }
  ],
  "logging": {
    "level": "debug",
    "format": "text"
  }
}
""",
    (
        Edit('  "limit": 10,', '  "limit": 100,'),
        Edit(
            '    "level": "debug",\n    "format": "text"',
            '    "level": "info",\n    "format": "json"',
        ),
        Edit('      "timeout": 0.5', '      "timeout": 5,\n      "retry": true'),
        Edit('  "unused": true,', ""),
        Edit(
            '  "logging": {\n    "level": "debug",\n    "format": "text"\n  }',
            '  "logging": {\n    "level": "info",\n    "format": "json",\n    "colours": false\n  }',
            is_function=True,
        ),
        Edit(
            '  "retries": {"count": 1, "delays": [1, 2]},',
            '  "retries": {\n    "count": 3,\n    "delays": [1, 2, 4]\n  },',
        ),
    ),
    ('  "endpoints": [', '  "logging": {', "  ],"),
    opening="{",
)

SOURCES = (PYTHON, TYPESCRIPT, GO, JAVA, RUBY, YAML, JSON)
