/** The OpenAPI document without a gateway: routes are declared, none is ever called. */
import Fastify from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import { type ApiParts, registerApi } from './api.ts'
import { validatorCompiler } from './app.ts'
import { registerOpenApi } from './openapi.ts'
import { HttpOptions } from './options.ts'

/** Declarations look no deeper than this. */
const NO_GATEWAY = {
  options: HttpOptions.parse({}),
  services: { site: { timeZone: 'UTC', devices: [] }, operations: {} },
  live: {},
} as unknown as ApiParts

export async function openApiDocument(): Promise<object> {
  const app = Fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await registerOpenApi(app)
  await registerApi(app, NO_GATEWAY)
  await app.ready()
  try {
    return app.swagger()
  } finally {
    await app.close()
  }
}
