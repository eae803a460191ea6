// Flags waterfalls with the generic strategy of AOFlagger: a filter from standard input to standard output.
// Input: rows and channels as 32-bit integers, then rows x channels 32-bit floats, repeated until the end.
// Output: rows x channels bytes for each, 1 for a flagged value. AOFlagger has time on the x axis.
#include <aoflagger.h>

#include <cstdint>
#include <cstdio>
#include <vector>

int main() {
  aoflagger::AOFlagger flagger;
  const std::string file = flagger.FindStrategyFile(aoflagger::TelescopeId::GENERIC_TELESCOPE);
  aoflagger::Strategy strategy = flagger.LoadStrategyFile(file);
  uint32_t size[2];
  while (std::fread(size, sizeof size, 1, stdin) == 1) {
    const size_t rows = size[0];
    const size_t channels = size[1];
    std::vector<float> power(rows * channels);
    if (std::fread(power.data(), sizeof(float), power.size(), stdin) != power.size()) return 1;

    aoflagger::ImageSet image = flagger.MakeImageSet(rows, channels, 1);
    float* values = image.ImageBuffer(0);
    for (size_t row = 0; row < rows; ++row)
      for (size_t channel = 0; channel < channels; ++channel)
        values[channel * image.HorizontalStride() + row] = power[row * channels + channel];

    const aoflagger::FlagMask mask = strategy.Run(image);
    std::vector<unsigned char> flags(rows * channels);
    for (size_t row = 0; row < rows; ++row)
      for (size_t channel = 0; channel < channels; ++channel)
        flags[row * channels + channel] = mask.Buffer()[channel * mask.HorizontalStride() + row];
    if (std::fwrite(flags.data(), 1, flags.size(), stdout) != flags.size()) return 1;
  }
  return 0;
}
