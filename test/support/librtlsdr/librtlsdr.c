/*
 * A stand-in for librtlsdr.so.0: dongles without hardware, for the real rtl_tcp, rtl_power, rtl_sdr and rtl_biast.
 *
 * RTLSDR_STANDIN names a folder. Every `<serial>.dongle` in it is a plugged-in dongle, in the order of their names; removing
 * the file unplugs it. The file is read again every few milliseconds, so that everything in it may change in mid-run:
 *
 *   noise -60        power of the whole band in dBFS at 0 dB of gain: dBFS = noise + gain; at rates above 2.4 MS/s that of 2.4 MHz
 *   carrier -55      power of a carrier likewise; without it there is none
 *   carrier_hz 1e8   frequency of the carrier
 *   tone 1e8 -55     another carrier: its frequency and its power; up to 63 of these lines
 *   crystal_ppm 12   error of the crystal, undone by the frequency correction
 *   fault busy       cannot be opened
 *   fault hung       reads never return
 *   fault unlocked   the oscillator does not lock: the frequency stays, with a message on stderr and nothing else
 *   drop 0.02        share of the reads that lose samples
 *
 * The settings of the program are written to `<serial>.state`, one `key value` a line. While samples stream,
 * `<serial>.count` gives how many were handed to the program, how many were lost before (by `drop`, or because no program read
 * them), in how many pieces, and when the first one was taken.
 */
#include <dirent.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "carriers.h"

#define MAX_DONGLES 16
#define NO_DEVICE (-4)    /* LIBUSB_ERROR_NO_DEVICE */
#define BUSY (-6)         /* LIBUSB_ERROR_BUSY */
#define OVERFLOWED (-8)   /* LIBUSB_ERROR_OVERFLOW */
#define BLOCK_BYTES (16 * 32 * 512)
#define SLICE_SAMPLES 8192
#define TABLE_SAMPLES (1 << 18)
#define STRETCH_SAMPLES 1024
/* Samples that the chip buffers while no program reads; older ones are lost without an error. */
#define MAX_BEHIND_S 0.25
#define NOISE_BAND_HZ 2400000.0

typedef void (*read_callback)(unsigned char *bytes, uint32_t length, void *context);

struct control {
    double noise, crystal_ppm, drop;
    int busy, hung, unlocked, carrier_count;
    struct carrier carriers[MAX_CARRIERS];
};

typedef struct rtlsdr_dev {
    char serial[64];
    uint32_t center_hz, rate_hz;
    int gain_tenths, manual_gain, ppm, agc, bias_tee, tuned;
    volatile int cancelled;
    double due_s;   /* when the next sample is taken, monotonic */
    double phases[MAX_CARRIERS];   /* of the carriers */
    double started_s, sent, lost;   /* samples since streaming started */
    int losses;
} rtlsdr_dev_t;

static const int GAINS[] = {0,   9,   14,  27,  37,  77,  87,  125, 144, 157, 166, 197, 207, 229, 254,
                            280, 297, 328, 338, 364, 372, 386, 402, 421, 434, 439, 445, 480, 496};
#define GAIN_COUNT (int)(sizeof GAINS / sizeof *GAINS)
#define AUTOMATIC_GAIN 402

static float noise_table[2 * TABLE_SAMPLES];
static uint64_t random_state = 0x9e3779b97f4a7c15u;

static const char *folder(void) {
    const char *name = getenv("RTLSDR_STANDIN");
    return name ? name : "/nonexistent";
}

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void sleep_s(double seconds) {
    struct timespec t = {(time_t)seconds, (long)(1e9 * (seconds - floor(seconds)))};
    if (seconds > 0) nanosleep(&t, NULL);
}

static uint32_t random_bits(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32);
}

static double random_share(void) { return random_bits() / 4294967296.0; }

/* Complex Gaussian noise of mean 0 and mean power 1. */
static void make_noise(void) {
    double power = 0;
    random_state ^= (uint64_t)(now_s() * 1e9) ^ ((uint64_t)getpid() << 40);
    for (int k = 0; k < 2 * TABLE_SAMPLES; k += 2) {
        double radius = sqrt(-2 * log(1 - random_share())), angle = 2 * PI * random_share();
        noise_table[k] = (float)(radius * cos(angle));
        noise_table[k + 1] = (float)(radius * sin(angle));
        power += radius * radius;
    }
    for (int k = 0; k < 2 * TABLE_SAMPLES; k++) noise_table[k] *= (float)sqrt(TABLE_SAMPLES / power);
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

static int list(char serials[MAX_DONGLES][64]) {
    int count = 0;
    DIR *entries = opendir(folder());
    if (!entries) return 0;
    for (struct dirent *e; (e = readdir(entries)) && count < MAX_DONGLES;) {
        const char *end = strstr(e->d_name, ".dongle");
        if (end && !end[7] && end - e->d_name < 64)
            snprintf(serials[count++], 64, "%.*s", (int)(end - e->d_name), e->d_name);
    }
    closedir(entries);
    qsort(serials, (size_t)count, sizeof *serials, by_name);
    return count;
}

/* Reads the control file; 0 when there is no such dongle. */
static int read_control(const char *serial, struct control *c) {
    char path[512], line[128], word[64];
    snprintf(path, sizeof path, "%s/%s.dongle", folder(), serial);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    memset(c, 0, sizeof *c);
    c->noise = -60;
    struct carrier one = {0, -INFINITY}, tone;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "tone %lf %lf", &tone.hz, &tone.dbfs) == 2) {
            if (c->carrier_count < MAX_CARRIERS - 1) c->carriers[c->carrier_count++] = tone;
            continue;
        }
        sscanf(line, "noise %lf", &c->noise);
        sscanf(line, "carrier %lf", &one.dbfs);
        sscanf(line, "carrier_hz %lf", &one.hz);
        sscanf(line, "crystal_ppm %lf", &c->crystal_ppm);
        sscanf(line, "drop %lf", &c->drop);
        if (sscanf(line, "fault %63s", word) == 1) {
            c->busy = !strcmp(word, "busy");
            c->hung = !strcmp(word, "hung");
            c->unlocked = !strcmp(word, "unlocked");
        }
    }
    fclose(file);
    if (isfinite(one.dbfs)) c->carriers[c->carrier_count++] = one;
    return 1;
}

static int gain_tenths(const rtlsdr_dev_t *dev) { return dev->manual_gain ? dev->gain_tenths : AUTOMATIC_GAIN; }

static void write_state(const rtlsdr_dev_t *dev) {
    char path[512], next[520];
    snprintf(path, sizeof path, "%s/%s.state", folder(), dev->serial);
    snprintf(next, sizeof next, "%s.%d", path, (int)getpid());
    FILE *file = fopen(next, "w");
    if (!file) return;
    fprintf(file, "pid %d\ncenter_hz %u\nrate_hz %u\ngain_db %.1f\nmanual_gain %d\nppm %d\nagc %d\nbias_tee %d\n",
            (int)getpid(), dev->center_hz, dev->rate_hz, gain_tenths(dev) / 10.0, dev->manual_gain, dev->ppm, dev->agc,
            dev->bias_tee);
    fclose(file);
    rename(next, path);
}

static void write_count(const rtlsdr_dev_t *dev) {
    char path[512], next[520];
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    double started_unix_s = (double)t.tv_sec + 1e-9 * (double)t.tv_nsec - (now_s() - dev->started_s);
    snprintf(path, sizeof path, "%s/%s.count", folder(), dev->serial);
    snprintf(next, sizeof next, "%s.%d", path, (int)getpid());
    FILE *file = fopen(next, "w");
    if (!file) return;
    fprintf(file, "sent %.0f\nlost %.0f\nlosses %d\nstarted_ms %.3f\n", dev->sent, dev->lost, dev->losses,
            1000 * started_unix_s);
    fclose(file);
    rename(next, path);
}

static void lose(rtlsdr_dev_t *dev, double samples) {
    dev->lost += samples;
    dev->losses++;
}

/* The bias tee keeps its setting when a program exits, and also for the next program. */
static int bias_tee_before(const char *serial) {
    char path[512], line[128];
    int on = 0;
    snprintf(path, sizeof path, "%s/%s.state", folder(), serial);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    while (fgets(line, sizeof line, file)) sscanf(line, "bias_tee %d", &on);
    fclose(file);
    return on;
}

static unsigned char code(double lsb) {
    double value = floor(128 + lsb);
    return value < 0 ? 0 : value > 255 ? 255 : (unsigned char)value;
}

static void fill(rtlsdr_dev_t *dev, const struct control *c, unsigned char *iq, int samples) {
    double gain = gain_tenths(dev) / 10.0;
    double band = dev->rate_hz > NOISE_BAND_HZ ? dev->rate_hz / NOISE_BAND_HZ : 1;
    double noise = 127.5 * pow(10, (c->noise + gain) / 20) * sqrt(band);
    double tuned_hz = dev->center_hz * (1 + 1e-6 * (c->crystal_ppm - dev->ppm));
    double carriers[2 * STRETCH_SAMPLES];
    for (int start = 0; start < samples; start += STRETCH_SAMPLES) {
        const float *n = noise_table + 2 * (random_bits() % (TABLE_SAMPLES - STRETCH_SAMPLES));
        int end = start + STRETCH_SAMPLES < samples ? start + STRETCH_SAMPLES : samples;
        memset(carriers, 0, sizeof carriers);
        add_carriers(carriers, end - start, c->carriers, c->carrier_count, dev->phases, tuned_hz, dev->rate_hz,
                     127.5 * pow(10, gain / 20));
        const double *sum = carriers;
        for (int k = start; k < end; k++, n += 2, sum += 2) {
            iq[2 * k] = code(0.6 + noise * n[0] + sum[0]);
            iq[2 * k + 1] = code(-0.4 + noise * n[1] + sum[1]);
        }
    }
}

/* Takes samples in real time. Returns 0, or the error of the real library's read. */
static int take(rtlsdr_dev_t *dev, unsigned char *iq, int samples) {
    for (int done = 0; done < samples && !dev->cancelled;) {
        struct control c;
        int slice = samples - done < SLICE_SAMPLES ? samples - done : SLICE_SAMPLES;
        if (!read_control(dev->serial, &c)) return NO_DEVICE;
        while (c.hung) {
            sleep_s(0.02);
            if (!read_control(dev->serial, &c)) return NO_DEVICE;
        }
        double seconds = (double)slice / dev->rate_hz, now = now_s();
        if (now - dev->due_s > MAX_BEHIND_S) {
            lose(dev, floor((now - dev->due_s) * dev->rate_hz));
            dev->due_s = now;
        }
        dev->due_s += seconds;
        sleep_s(dev->due_s - now);
        if (random_share() < c.drop) {
            lose(dev, done + slice);
            return OVERFLOWED;
        }
        fill(dev, &c, iq + 2 * done, slice);
        done += slice;
    }
    return 0;
}

uint32_t rtlsdr_get_device_count(void) {
    char serials[MAX_DONGLES][64];
    return (uint32_t)list(serials);
}

const char *rtlsdr_get_device_name(uint32_t index) {
    return index < rtlsdr_get_device_count() ? "Generic RTL2832U OEM" : "";
}

int rtlsdr_get_device_usb_strings(uint32_t index, char *manufacturer, char *product, char *serial) {
    char serials[MAX_DONGLES][64];
    if ((int)index >= list(serials)) return -2;
    if (manufacturer) strcpy(manufacturer, "Realtek");
    if (product) strcpy(product, "RTL2838UHIDIR");
    if (serial) strcpy(serial, serials[index]);
    return 0;
}

int rtlsdr_open(rtlsdr_dev_t **out, uint32_t index) {
    char serials[MAX_DONGLES][64];
    struct control c;
    *out = NULL;
    if ((int)index >= list(serials) || !read_control(serials[index], &c)) return NO_DEVICE;
    if (c.busy) {
        fprintf(stderr, "usb_claim_interface error %d\n", BUSY);
        return BUSY;
    }
    rtlsdr_dev_t *dev = calloc(1, sizeof *dev);
    if (!dev) return -1;
    strcpy(dev->serial, serials[index]);
    dev->rate_hz = 2048000;
    dev->center_hz = 100000000;
    dev->bias_tee = bias_tee_before(dev->serial);
    make_noise();
    /* Carriers in phase would clip together. */
    for (int k = 0; k < MAX_CARRIERS; k++) dev->phases[k] = 2 * PI * random_share();
    fprintf(stderr, "Found Rafael Micro R820T tuner\n");
    write_state(dev);
    *out = dev;
    return 0;
}

int rtlsdr_close(rtlsdr_dev_t *dev) {
    free(dev);
    return 0;
}

int rtlsdr_reset_buffer(rtlsdr_dev_t *dev) {
    dev->due_s = now_s();
    return 0;
}

int rtlsdr_read_sync(rtlsdr_dev_t *dev, void *bytes, int length, int *read) {
    int error = take(dev, bytes, length / 2);
    *read = error ? 0 : length;
    return error;
}

int rtlsdr_read_async(rtlsdr_dev_t *dev, read_callback callback, void *context, uint32_t buffers, uint32_t length) {
    uint32_t bytes = length ? length : BLOCK_BYTES;
    unsigned char *block = malloc(bytes);
    int error = 0;
    (void)buffers;
    dev->cancelled = 0;
    dev->due_s = dev->started_s = now_s();
    dev->sent = dev->lost = dev->losses = 0;
    while (block && !dev->cancelled) {
        error = take(dev, block, (int)bytes / 2);
        if (error == NO_DEVICE) {
            fprintf(stderr, "cb transfer status: 5, canceling...\n");
            break;
        }
        if (!error && !dev->cancelled) {
            callback(block, bytes, context);
            dev->sent += bytes / 2;
        }
        write_count(dev);
    }
    free(block);
    return error == NO_DEVICE ? error : 0;
}

int rtlsdr_cancel_async(rtlsdr_dev_t *dev) {
    if (dev) dev->cancelled = 1;
    return 0;
}

#define SETTER(name, field, type) \
    int name(rtlsdr_dev_t *dev, type value) { \
        dev->field = value; \
        write_state(dev); \
        return 0; \
    }
SETTER(rtlsdr_set_freq_correction, ppm, int)
SETTER(rtlsdr_set_tuner_gain_mode, manual_gain, int)
SETTER(rtlsdr_set_agc_mode, agc, int)
SETTER(rtlsdr_set_bias_tee, bias_tee, int)

int rtlsdr_set_center_freq(rtlsdr_dev_t *dev, uint32_t hz) {
    struct control c;
    if (read_control(dev->serial, &c) && c.unlocked) fprintf(stderr, "[R82XX] PLL not locked!\n");
    else dev->center_hz = hz;
    dev->tuned = 1;
    write_state(dev);
    return 0;
}

int rtlsdr_set_bias_tee_gpio(rtlsdr_dev_t *dev, int gpio, int on) {
    (void)gpio;
    return rtlsdr_set_bias_tee(dev, on);
}

int rtlsdr_set_sample_rate(rtlsdr_dev_t *dev, uint32_t hz) {
    if (hz <= 225000 || hz > 3200000 || (hz > 300000 && hz <= 900000)) return -22;
    dev->rate_hz = hz;
    /* The real library sets the bandwidth and with it the frequency, which is 0 so far. */
    if (!dev->tuned) fprintf(stderr, "[R82XX] PLL not locked!\n");
    write_state(dev);
    return 0;
}

/* Like the R820T: the first gain that is not below the request. */
int rtlsdr_set_tuner_gain(rtlsdr_dev_t *dev, int tenths) {
    int at = 0;
    while (at < GAIN_COUNT - 1 && GAINS[at] < tenths) at++;
    dev->gain_tenths = GAINS[at];
    write_state(dev);
    return 0;
}

int rtlsdr_get_tuner_gains(rtlsdr_dev_t *dev, int *gains) {
    (void)dev;
    if (gains) memcpy(gains, GAINS, sizeof GAINS);
    return GAIN_COUNT;
}

uint32_t rtlsdr_get_center_freq(rtlsdr_dev_t *dev) { return dev->center_hz; }
uint32_t rtlsdr_get_sample_rate(rtlsdr_dev_t *dev) { return dev->rate_hz; }
int rtlsdr_get_freq_correction(rtlsdr_dev_t *dev) { return dev->ppm; }
int rtlsdr_get_tuner_gain(rtlsdr_dev_t *dev) { return gain_tenths(dev); }
int rtlsdr_get_tuner_type(rtlsdr_dev_t *dev) { return dev ? 5 : 0; }

#define ACCEPTED(name) \
    int name(rtlsdr_dev_t *dev, int value) { \
        (void)dev; \
        (void)value; \
        return 0; \
    }
ACCEPTED(rtlsdr_set_direct_sampling)
ACCEPTED(rtlsdr_set_offset_tuning)
ACCEPTED(rtlsdr_set_testmode)

int rtlsdr_set_tuner_if_gain(rtlsdr_dev_t *dev, int stage, int gain) {
    (void)stage;
    return rtlsdr_set_testmode(dev, gain);
}

int rtlsdr_set_xtal_freq(rtlsdr_dev_t *dev, uint32_t rtl_hz, uint32_t tuner_hz) {
    (void)rtl_hz;
    return rtlsdr_set_testmode(dev, (int)tuner_hz);
}
