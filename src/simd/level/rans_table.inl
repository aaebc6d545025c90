// What every level's kernels are; included where encode, decode, decode_two, mark_from, pack_bits and unpack_bits
// are defined.
#define MRCZ_RANS_KERNELS                                                                                         \
    {                                                                                                             \
        encode, reverse_words, decode, decode_two, mark_from, pack_quads, pack_pairs, unpack_quads, unpack_pairs, \
            {reduce_pixels<uint8_t>, reduce_pixels<uint16_t>, reduce_pixels<uint32_t>},                           \
            {expand_values<uint8_t>, expand_values<uint16_t>, expand_values<uint32_t>},                           \
            {low_bytes<uint8_t>, low_bytes<uint16_t>, low_bytes<uint32_t>}, pack_bits, unpack_bits, count_bytes   \
    }
