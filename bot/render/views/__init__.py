"""One function a screen: a pen (library, words, day) and what is asked for in, a View out."""
