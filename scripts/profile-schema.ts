/** Writes device-profiles/profile.schema.json; a test says when it is due. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { profileJsonSchema } from '../src/profiles/json-schema.ts'

writeFileSync(join(import.meta.dirname, '../device-profiles/profile.schema.json'), profileJsonSchema())
