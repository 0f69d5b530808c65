/* A library to load before others (LD_PRELOAD): it counts the disk calls of a process below one folder, and
 * at the n-th of them kills the process or lets the call fail.
 *   FAULT_PATH   the folder
 *   FAULT_AT     the number of the call, from 1; 0: none
 *   FAULT_ERRNO  the error; 0: the process is killed before the call
 *   FAULT_LASTS  1: all later calls fail as well
 *   FAULT_COUNT  a file that gets a byte for each call
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *folder;
static long at, error, lasts, calls;
static int counter = -1;

__attribute__((constructor)) static void begin(void) {
  folder = getenv("FAULT_PATH");
  at = atol(getenv("FAULT_AT") ?: "0");
  error = atol(getenv("FAULT_ERRNO") ?: "0");
  lasts = atol(getenv("FAULT_LASTS") ?: "0");
  int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open64");
  if (folder && getenv("FAULT_COUNT")) counter = real(getenv("FAULT_COUNT"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* Whether this call fails; errno is set then. */
static int fails(const char *path) {
  if (!folder || !path) return 0;
  char whole[2 * PATH_MAX];
  if (path[0] == '/') snprintf(whole, sizeof whole, "%s", path);
  else {
    char cwd[PATH_MAX];
    if (!getcwd(cwd, sizeof cwd)) return 0;
    snprintf(whole, sizeof whole, "%s/%s", cwd, path);
  }
  if (strncmp(whole, folder, strlen(folder)) != 0) return 0;
  calls++;
  if (counter >= 0) {
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    real(counter, ".", 1);
  }
  if (at == 0 || (lasts ? calls < at : calls != at)) return 0;
  if (error == 0) kill(getpid(), SIGKILL);
  errno = (int)error;
  return 1;
}

static int fails_fd(int fd) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t n = folder ? readlink(link, path, sizeof path - 1) : -1;
  if (n < 0) return 0;
  path[n] = 0;
  return fails(path);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define ON_FD(type, name, arguments, ...) \
  type name arguments { REAL(name); return fails_fd(fd) ? -1 : real(__VA_ARGS__); }
#define ON_PATH(type, name, arguments, ...) \
  type name arguments { REAL(name); return fails(path) ? -1 : real(__VA_ARGS__); }
#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    const int mode = flags & O_CREAT ? va_arg(rest, int) : 0; \
    va_end(rest); \
    REAL(name); \
    return fails(path) ? -1 : real(path, flags, mode); \
  }

OPEN(open)
OPEN(open64)
ON_FD(ssize_t, write, (int fd, const void *bytes, size_t n), fd, bytes, n)
ON_FD(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t to), fd, bytes, n, to)
ON_FD(ssize_t, pwrite64, (int fd, const void *bytes, size_t n, off64_t to), fd, bytes, n, to)
ON_FD(ssize_t, read, (int fd, void *bytes, size_t n), fd, bytes, n)
ON_FD(ssize_t, pread, (int fd, void *bytes, size_t n, off_t from), fd, bytes, n, from)
ON_FD(ssize_t, pread64, (int fd, void *bytes, size_t n, off64_t from), fd, bytes, n, from)
ON_FD(int, fsync, (int fd), fd)
ON_FD(int, ftruncate, (int fd, off_t size), fd, size)
ON_FD(int, ftruncate64, (int fd, off64_t size), fd, size)
ON_PATH(int, mkdir, (const char *path, mode_t mode), path, mode)
ON_PATH(int, unlink, (const char *path), path)
ON_PATH(int, rename, (const char *path, const char *to), path, to)
ON_PATH(int, link, (const char *path, const char *to), path, to)
