/** The OpenAPI document, generated from the very schemas that check each request and answer. */
import swagger, { type SwaggerTransform, type SwaggerTransformObject } from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { createJsonSchemaTransformObject, jsonSchemaTransform } from 'fastify-type-provider-zod'
import { ROLES } from '../operations/roles.ts'
import { may, RIGHTS } from './rights.ts'

const DESCRIPTION = [
  'Instants are ISO 8601 with an offset; intervals are half-open, [from, to). Words for people come in zh-CN and English by Accept-Language; codes and figures never change with the language.',
  'Every refusal is `application/problem+json` (RFC 9457) with a `code` of docs/errors.md. A key that a route does not know is refused, in the query as in the body; a body has at most 64 KiB.',
  'Lists come in pages: `next` of one is `cursor` of the following, with all else asked as before. Answers may gain fields and states later: pass over what you do not know.',
].join('\n\n')

/** What `{id}` is, by what stands before it. */
const IDS: Readonly<Record<string, string>> = {
  alarms: 'Id of the alarm',
  devices: 'Id of the device',
  notifications: 'Id of the notification',
  rules: 'Id of the rule',
  tokens: 'Id of the token, as /tokens lists it; never the token itself',
  users: 'Name of the user',
  'work-orders': 'Id of the order, not its number',
  zones: 'Id of the zone',
}

/** Each route says which right it needs, and who has that; OpenAPI 3.1 has a place for it beside the way to sign in. */
const transform: SwaggerTransform = (given) => {
  const { schema, url } = jsonSchemaTransform(given as never)
  const right = RIGHTS.find((one) => one === given.route.config?.right)
  if (right === undefined) return { schema, url }
  const roles = ROLES.filter((role) => may({ role }, right))
  const description = `Needs the right \`${right}\`: ${roles.join(', ')}.`
  return { url, schema: { ...schema, description, security: [{ token: [right] }, { session: [right] }] } }
}

type Answer = { description: string; content?: Record<string, { schema?: object }> }

type Operation = {
  readonly summary: string
  readonly parameters?: { readonly in: string; description?: string }[]
  readonly responses: Record<string, Answer>
}

const components = createJsonSchemaTransformObject({})

/** A client that took answers for complete would break with the next field. */
const openToMore = <Shape>(shape: Shape): Shape =>
  JSON.parse(
    JSON.stringify(shape, (key, value) =>
      key === 'additionalProperties' && value === false ? undefined : value,
    ),
  )

function completed(path: string, operation: Operation): void {
  const noun = /([\w-]+)\/\{/.exec(path)?.[1] ?? ''
  for (const parameter of operation.parameters ?? []) {
    const id = IDS[noun]
    if (parameter.in === 'path' && id !== undefined) parameter.description ??= id
  }
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (answer.description === 'Default Response') answer.description = operation.summary
    operation.responses[status] = openToMore(answer)
  }
}

/**
 * The generator gives each named shape an input twin. Ours have no transformations, so the twins
 * say the same; one name a shape is what the page's types want.
 */
const transformObject: SwaggerTransformObject = (document) => {
  const whole = components(document)
  if (!('components' in whole) || !whole.components?.schemas) return whole
  const once = Object.entries(whole.components.schemas).filter(([name]) => !name.endsWith('Input'))
  const schemas = openToMore(Object.fromEntries(once))
  const renamed = { ...whole, components: { ...whole.components, schemas } }
  const told = JSON.parse(JSON.stringify(renamed).replace(/("#\/components\/schemas\/\w+?)Input"/g, '$1"'))
  for (const [path, methods] of Object.entries<Record<string, Operation>>(told.paths)) {
    for (const operation of Object.values(methods)) completed(path, operation)
  }
  return told
}

export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Gatehouse', version: '1', description: DESCRIPTION },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'gatehouse_session' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform,
    transformObject,
  })
}
