@rem The npm scripts say `exec` so that no shell stands between npm and the server and swallows its signals. cmd.exe has no such word: this is it.
@%*
