/** Numbers, instants and durations in the page's language and the site's zone. */
import { useQuery } from '@tanstack/react-query'
import { site } from '../api/queries.ts'
import { useLanguage } from '../i18n/language.ts'
import { kept } from '../parts/kept.ts'
import { type Format, formatOf } from './format.ts'

/** Where a zone is not yet known, or the role may not read the site. */
const FALLBACK_ZONE = 'Asia/Shanghai'

/**
 * A dozen formatters, each of which takes the engine as long as a row of a list: there is one set for each
 * language and zone.
 */
const inLanguage = kept((language: string) => kept((timeZone: string) => formatOf(language, timeZone)))

export function useFormat(): Format {
  const language = useLanguage()
  const { data } = useQuery({ ...site, enabled: false })
  return inLanguage(language)(data?.timeZone ?? FALLBACK_ZONE)
}
