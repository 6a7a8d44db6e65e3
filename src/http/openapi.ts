/** The OpenAPI document, generated from the very schemas that check each request and answer. */
import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { createJsonSchemaTransformObject, jsonSchemaTransform } from 'fastify-type-provider-zod'

const components = createJsonSchemaTransformObject({})

/**
 * The generator gives each named shape an input twin. Ours have no transformations, so the twins
 * say the same; one name a shape is what the page's types want.
 */
const withoutTwins: SwaggerTransformObject = (document) => {
  const whole = components(document)
  if (!('components' in whole) || !whole.components?.schemas) return whole
  const once = Object.entries(whole.components.schemas).filter(([name]) => !name.endsWith('Input'))
  const renamed = { ...whole, components: { ...whole.components, schemas: Object.fromEntries(once) } }
  return JSON.parse(JSON.stringify(renamed).replace(/("#\/components\/schemas\/\w+?)Input"/g, '$1"'))
}

export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Gatehouse',
        version: '1',
        description:
          'Instants are ISO 8601 with an offset; intervals are half-open, [from, to). Words for people come in zh-CN and English by Accept-Language; codes and figures never change with the language.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'gatehouse_session' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: withoutTwins,
  })
}
