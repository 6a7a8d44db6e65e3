/**
 * Which of the two languages: chosen once, else the browser's. The switch reaches everything at once, also
 * what the API answers.
 */
import { useTranslation } from 'react-i18next'
import { LANGUAGES, type Language } from '../../model/errors.ts'
import { i18n } from './index.ts'

const KEY = 'gatehouse-language'

export function preferred(chosen: string | null, wanted: readonly string[]): Language {
  const known = LANGUAGES.find((one) => one === chosen)
  if (known) return known
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return 'zh-CN'
    if (/^en\b/i.test(tag)) return 'en'
  }
  return 'zh-CN'
}

export const language = (): Language => (i18n.language === 'en' ? 'en' : 'zh-CN')

export function startLanguage(): Promise<void> {
  const chosen = preferred(localStorage.getItem(KEY), navigator.languages)
  document.documentElement.lang = chosen
  return i18n.changeLanguage(chosen).then(() => undefined)
}

export function chooseLanguage(chosen: Language): Promise<void> {
  localStorage.setItem(KEY, chosen)
  return startLanguage()
}

/** The language as a component's dependency. */
export function useLanguage(): Language {
  const { i18n: current } = useTranslation()
  return current.language === 'en' ? 'en' : 'zh-CN'
}
