/** The page's start: language first, so that nothing flashes in the wrong one. */
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import './styles/base.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { queryClient } from './api/queries.ts'
import { App } from './app.tsx'
import { i18n } from './i18n/index.ts'
import { startLanguage } from './i18n/language.ts'
import { Messages } from './parts/messages.tsx'
import { theme } from './theme.ts'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

await startLanguage()
createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={i18n}>
      <MantineProvider theme={theme} defaultColorScheme="dark">
        <QueryClientProvider client={queryClient}>
          <Messages />
          <App />
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  </StrictMode>,
)
