import { functions, keywords } from "./functions.ts";
import type { BinaryOperator, Expression, Step } from "./parse-expression.ts";
import { parseTemplate } from "./parse-template.ts";
import { isCollection, toText } from "./values.ts";

/** The values that an expression can see: `body`, `parameters`, `connection` … */
export type Scope = Readonly<Record<string, unknown>>;

/** The key with which an object takes over all entries of the key's value ("spread"; component-blocks/iml). */
const SPREAD = "{{...}}";

/**
 * Evaluates a value of the app's code. Texts are templates, arrays and objects are evaluated inside, and all other
 * values stay.
 *
 * - A text that consists of one expression becomes the expression's value with its type. Otherwise the values become
 *   parts of the text (block-elements/iml).
 * - An entry whose value is undefined stays in the object as undefined; a JSON body then leaves it out.
 * - The entries of one object don't see each other, whatever their order.
 *
 * @throws SyntaxError; TypeError for a function that Make doesn't have
 */
export function fillIn(value: unknown, scope: Scope): unknown {
  if (typeof value === "string") return fillInText(value, scope);
  if (Array.isArray(value)) return value.map((item) => fillIn(item, scope));
  if (!isCollection(value)) return value;
  const filled: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === SPREAD) Object.assign(filled, fillIn(inner, scope));
    else filled[key] = fillIn(inner, scope);
  }
  return filled;
}

function fillInText(text: string, scope: Scope): unknown {
  const parts = parseTemplate(text);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && typeof only !== "string")
    return evaluate(only, scope);
  return parts
    .map((part) => (typeof part === "string" ? part : toText(evaluate(part, scope))))
    .join("");
}

/** Returns the value of an expression. A path without a value is undefined. */
function evaluate(expression: Expression, scope: Scope): unknown {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "path":
      return follow(expression.root, expression.steps, scope);
    case "unary": {
      const operand = evaluate(expression.operand, scope);
      return expression.operator === "!" ? !operand : -Number(operand);
    }
    case "binary":
      return combine(
        expression.operator,
        evaluate(expression.left, scope),
        evaluate(expression.right, scope),
      );
    case "call": {
      const known = Object.hasOwn(functions, expression.name) ? functions[expression.name] : null;
      if (!known) throw new TypeError(`Function '${expression.name}' not found!`);
      return known(...expression.args.map((argument) => evaluate(argument, scope)));
    }
  }
}

function follow(root: string, steps: readonly Step[], scope: Scope): unknown {
  let value = Object.hasOwn(scope, root) ? scope[root] : keywords[root]?.();
  for (const step of steps) {
    if ("key" in step) {
      value = isCollection(value) && Object.hasOwn(value, step.key) ? value[step.key] : undefined;
    } else {
      // Arrays count from 1; without an index it is the first item (block-elements/iml: "Retrieve array items").
      const index = step.index === null ? 1 : Number(evaluate(step.index, scope));
      value = Array.isArray(value) ? (value as unknown[])[index - 1] : undefined;
    }
  }
  return value;
}

/**
 * Applies an operator. Equality is strict, except for dates, which are equal at the same moment (block-elements/iml).
 */
function combine(operator: BinaryOperator, left: unknown, right: unknown): unknown {
  const [a, b] = [comparable(left), comparable(right)];
  switch (operator) {
    case "|":
      return left || right;
    case "&":
      return left && right;
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return (a as number) < (b as number);
    case "<=":
      return (a as number) <= (b as number);
    case ">":
      return (a as number) > (b as number);
    case ">=":
      return (a as number) >= (b as number);
    case "+":
      return typeof left === "string" || typeof right === "string"
        ? toText(left) + toText(right)
        : Number(left) + Number(right);
    case "-":
      return Number(left) - Number(right);
    case "*":
      return Number(left) * Number(right);
    case "/":
      return Number(left) / Number(right);
    case "%":
      return Number(left) % Number(right);
  }
}

const comparable = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);
