/** Mantine in the page's own greys: one muted blue for what can be pressed, nothing else has a hue. */
import { createTheme, type MantineColorsTuple } from '@mantine/core'

const steel: MantineColorsTuple = [
  '#eef3f8',
  '#d9e4ee',
  '#b7cde0',
  '#93b4d1',
  '#759ec4',
  '#5f8eb9',
  '#46749d',
  '#3f6c95',
  '#315a80',
  '#24486a',
]

const dark: MantineColorsTuple = [
  '#dbe0e5',
  '#b6bfc7',
  '#99a4ae',
  '#87929c',
  '#3b444c',
  '#2b3238',
  '#1d2226',
  '#15191c',
  '#0f1214',
  '#0a0c0d',
]

export const theme = createTheme({
  colors: { steel, dark },
  primaryColor: 'steel',
  primaryShade: { light: 7, dark: 6 },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: '"Cascadia Mono", "SF Mono", Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  defaultRadius: 3,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Modal: { defaultProps: { transitionProps: { duration: 80 }, overlayProps: { backgroundOpacity: 0.5 } } },
  },
})
