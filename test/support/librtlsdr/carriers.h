/* Carriers of the stand-in for librtlsdr: constant tones of any frequency, with a phase that continues from block to block. */
#ifndef CARRIERS_H
#define CARRIERS_H
#include <math.h>

#define MAX_CARRIERS 64
#define PI 3.14159265358979323846

struct carrier {
    double hz, dbfs; /* power at 0 dB of gain */
};

/*
 * Adds a tone to I and Q, interleaved. Rotates per sample instead of computing sine and cosine, which 64 carriers at 2.4 MS/s
 * would need two cores for; `phase` stays exact, because each call begins with it.
 */
static void add_tone(double *iq, int samples, double amplitude, double step, double *phase) {
    double i = amplitude * cos(*phase), q = amplitude * sin(*phase);
    double cosine = cos(step), sine = sin(step);
    for (int k = 0; k < 2 * samples; k += 2) {
        double rotated = i * cosine - q * sine;
        iq[k] += i;
        iq[k + 1] += q;
        q = i * sine + q * cosine;
        i = rotated;
    }
    *phase = fmod(*phase + samples * step, 2 * PI);
}

/* Adds all carriers in the sampled band. `full_scale_lsb`: amplitude of a carrier of 0 dBFS. `phases`: one per carrier. */
static void add_carriers(double *iq, int samples, const struct carrier *carriers, int count, double *phases,
                         double tuned_hz, double rate_hz, double full_scale_lsb) {
    for (int k = 0; k < count; k++) {
        double offset_hz = carriers[k].hz - tuned_hz;
        if (fabs(offset_hz) >= rate_hz / 2) continue;
        double amplitude = full_scale_lsb * pow(10, carriers[k].dbfs / 20);
        add_tone(iq, samples, amplitude, 2 * PI * offset_hz / rate_hz, &phases[k]);
    }
}

#endif
