/** The OpenAPI document without a gateway: routes are declared, none is ever called. */
import Fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { registerApi } from './api.ts'
import { registerOpenApi } from './openapi.ts'
import type { Services } from './services.ts'

export async function openApiDocument(): Promise<object> {
  const app = Fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await registerOpenApi(app)
  await registerApi(app, {} as Services)
  await app.ready()
  try {
    return app.swagger()
  } finally {
    await app.close()
  }
}
