/** A site with nothing on it, to be laid under what a test is about. */
import type { Site } from '../../src/model/site.ts'

export const BARE_SITE: Site = {
  id: 'campus',
  name: 'Campus',
  timeZone: 'Asia/Shanghai',
  institutions: [],
  buildings: [],
  zones: [],
  routes: [],
  vehicles: [],
  devices: [],
}
