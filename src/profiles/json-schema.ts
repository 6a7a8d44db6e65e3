/** The profile's schema for editors: the descriptions are those of the zod fields, so they cannot part. */
import * as z from 'zod'
import { DeviceProfile } from './device-profile.ts'

/** The whole file `device-profiles/profile.schema.json`. */
export const profileJsonSchema = (): string =>
  `${JSON.stringify(z.toJSONSchema(DeviceProfile, { io: 'input' }), null, 2)}\n`
