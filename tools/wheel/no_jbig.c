/* Stands in wheels for libjbig, which Debian's libtiff is linked to and which is under the GPL. Every call fails, so that
 * libtiff says of a JBIG image that it cannot be decoded; no detector writes JBIG. */
#include <stddef.h>

enum { failed = 1 };

void jbg_enc_init(void *state, unsigned long width, unsigned long height, int planes, unsigned char **bitmaps,
                  void (*write)(unsigned char *, size_t, void *), void *file) {
    (void)state, (void)width, (void)height, (void)planes, (void)bitmaps, (void)write, (void)file;
}
void jbg_enc_out(void *state) { (void)state; }
void jbg_enc_free(void *state) { (void)state; }
void jbg_dec_init(void *state) { (void)state; }
void jbg_dec_free(void *state) { (void)state; }
int jbg_newlen(unsigned char *data, size_t bytes) { return (void)data, (void)bytes, failed; }
int jbg_dec_in(void *state, unsigned char *data, size_t bytes, size_t *taken) {
    (void)state, (void)data, (void)bytes;
    if (taken != NULL) *taken = 0;
    return failed;
}
unsigned char *jbg_dec_getimage(const void *state, int plane) { return (void)state, (void)plane, (unsigned char *)NULL; }
unsigned long jbg_dec_getsize(const void *state) { return (void)state, 0UL; }
const char *jbg_strerror(int error) { return (void)error, "this build has no JBIG"; }
