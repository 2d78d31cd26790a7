// The products of a CPU with AMX, whose tiles are emulated: linked in place of those of the
// library, so that matrix_kernels_test.cpp also proves the code for tiles where there are none.
#define FACESHOT_EMULATE_TILES
#include "training_ops/matrix_amx.cpp"
#undef FACESHOT_KERNELS
#include "training_ops/matrix_kernels.cpp"
