/**
 * Which keys may stand where, read off the JSON form of a schema: for the names of variables, and to guess
 * what a wrong key was meant to be.
 */
import * as z from 'zod'

export type JsonSchema = {
  readonly type?: string
  readonly const?: unknown
  readonly propertyNames?: { readonly enum?: readonly string[] }
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

export const jsonSchemaOf = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', reused: 'inline', unrepresentable: 'any' }) as JsonSchema

/** The keys that may stand at a path of what was read; of several forms, those of the form that it says it has. */
export function keysAt(schema: JsonSchema, tree: unknown, path: readonly PropertyKey[]): readonly string[] {
  let [nodes, value]: [JsonSchema[], unknown] = [formsOf(schema, tree), tree]
  for (const key of path) {
    value = (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key]
    nodes = nodes.flatMap((node) => below(node, key)).flatMap((node) => formsOf(node, value))
  }
  const namesOf = ({ properties, propertyNames }: JsonSchema) =>
    properties ? Object.keys(properties) : (propertyNames?.enum ?? [])
  return [...new Set(nodes.flatMap(namesOf))]
}

function below({ properties = {}, additionalProperties, items }: JsonSchema, key: PropertyKey): JsonSchema[] {
  const own = typeof key === 'string' && Object.hasOwn(properties, key) ? properties[key] : undefined
  if (own) return [own]
  if (typeof key === 'number') return items ? [items] : []
  return typeof additionalProperties === 'object' ? [additionalProperties] : []
}

function formsOf(node: JsonSchema, value: unknown): JsonSchema[] {
  const choices = [...(node.anyOf ?? []), ...(node.oneOf ?? [])]
  if (choices.length === 0) return [node]
  const given = (value ?? {}) as Readonly<Record<string, unknown>>
  const saysSo = choices.filter(({ properties = {} }) =>
    Object.entries(properties).some(([key, { const: word }]) => word !== undefined && given[key] === word),
  )
  return (saysSo.length > 0 ? saysSo : choices).flatMap((choice) => formsOf(choice, value))
}
