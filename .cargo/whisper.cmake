# Changes to whisper.cpp that its own options do not offer. whisper-rs-sys copies its sources into the build's folder and
# has CMake read this file there, since `CMAKE_PROJECT_INCLUDE` is set in config.toml. What each is worth stands in
# src/speech/LEVERS.md. A place that is not found ends the build: another version of whisper.cpp has to be looked at anew.

if(NOT PROJECT_NAME STREQUAL "whisper.cpp" OR STARLING_CHANGED)
  return()
endif()
set(STARLING_CHANGED ON)

# Puts `after` into a file where `before` stands, once; a file that has it already stays as it is.
function(change file before after)
  set(path "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
  file(READ "${path}" text)
  string(FIND "${text}" "${after}" changed)
  if(changed GREATER -1)
    return()
  endif()
  string(FIND "${text}" "${before}" first)
  string(FIND "${text}" "${before}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "Starling's change to ${file} has no place or several: ${before}")
  endif()
  string(REPLACE "${before}" "${after}" text "${text}")
  file(WRITE "${path}" "${text}")
endfunction()

# Of a prompt only the last token's logits are used: whisper.cpp computes those of all, each a product with the
# whole vocabulary.
change(src/whisper.cpp
[[    //cur = ggml_view_2d(ctx0, cur, cur->ne[0], 1, cur->nb[1], (cur->ne[1] - 1)*cur->nb[1]);
]]
[[    const bool only_last = n_tokens > 1 && !worst_case && batch.logits[0] == 0;
    if (only_last) {
        cur = ggml_view_2d(ctx0, cur, cur->ne[0], 1, cur->nb[1], (cur->ne[1] - 1)*cur->nb[1]);
    }
]])
change(src/whisper.cpp
[[        ggml_backend_tensor_get(logits, logits_out.data() + (n_vocab*i), sizeof(float)*(n_vocab*i), sizeof(float)*n_vocab);
]]
[[        const int row = logits->ne[1] == 1 ? 0 : i;
        ggml_backend_tensor_get(logits, logits_out.data() + (n_vocab*i), sizeof(float)*(n_vocab*row), sizeof(float)*n_vocab);
]])

# Whether nobody spoke is read from the logits behind the prompt, where they are, and not from before it,
# where there are none.
change(src/whisper.cpp
[[                    whisper_compute_logprobs(state->logits, n_logits, logprobs);
                    whisper_compute_probs(state->logits, n_logits, logprobs, probs);
                    state->no_speech_prob]]
[[                    const std::vector<float> behind_prompt(state->logits.end() - n_logits, state->logits.end());
                    whisper_compute_logprobs(behind_prompt, n_logits, logprobs);
                    whisper_compute_probs(behind_prompt, n_logits, logprobs, probs);
                    state->no_speech_prob]])

# It is asked whether to go on between any two operations, not only before and after a pass.
change(src/whisper.cpp
[[    // clear old results
    auto & result_all = state->result_all;

    result_all.clear();

    if (n_samples > 0) {
        // compute log mel]]
[[    // clear old results
    auto & result_all = state->result_all;

    result_all.clear();

    for (auto & backend : state->backends) {
        ggml_backend_dev_t dev = ggml_backend_get_device(backend);
        ggml_backend_reg_t reg = dev ? ggml_backend_dev_backend_reg(dev) : nullptr;
        auto * fn_set_abort_callback = reg ? (ggml_backend_set_abort_callback_t) ggml_backend_reg_get_proc_address(reg, "ggml_backend_set_abort_callback") : nullptr;
        if (fn_set_abort_callback) {
            fn_set_abort_callback(backend, params.abort_callback, params.abort_callback_user_data);
        }
    }

    if (n_samples > 0) {
        // compute log mel]])

# The spectrum: the same sums without a division for each term, ...
change(src/whisper.cpp
[[        for (int n = 0; n < N; n++) {
            int idx = (k * n * sin_cos_step) % (SIN_COS_N_COUNT); // t = 2*M_PI*k*n/N
            re += in[n]*global_cache.cos_vals[idx]; // cos(t)
            im -= in[n]*global_cache.sin_vals[idx]; // sin(t)
        }
]]
[[        for (int n = 0, idx = 0; n < N; n++) {
            re += in[n]*global_cache.cos_vals[idx]; // cos(t), t = 2*M_PI*k*n/N
            im -= in[n]*global_cache.sin_vals[idx]; // sin(t)
            idx += k*sin_cos_step;
            idx -= idx >= SIN_COS_N_COUNT ? SIN_COS_N_COUNT : 0;
        }
]])
# ... and without the terms that are nought.
change(src/whisper.cpp
[[    // calculate FFT only when fft_in are not all zero
]]
[[    // where each filter begins, and where it ends, in steps of four
    std::vector<std::pair<int, int>> band(mel.n_mel);
    for (int j = 0; j < mel.n_mel; j++) {
        const float * filter = filters.data.data() + j * n_fft;
        int from = 0;
        int to = n_fft;
        while (from + 4 <= n_fft && std::all_of(filter + from, filter + from + 4, [](float f) { return f == 0.0f; })) {
            from += 4;
        }
        while (to > from && filter[to - 1] == 0.0f) {
            to--;
        }
        band[j] = { from, std::min(n_fft, from + (to - from + 3)/4*4) };
    }

    // calculate FFT only when fft_in are not all zero
]])
change(src/whisper.cpp
[[            for (k = 0; k < n_fft - 3; k += 4) {
]]
[[            for (k = band[j].first; k < band[j].second - 3; k += 4) {
]])
change(src/whisper.cpp
[[            for (; k < n_fft; k++) {
                sum += fft_out[k] * filters]]
[[            for (; k < band[j].second; k++) {
                sum += fft_out[k] * filters]])

# Products of many rows, as the encoder has them, are left to a function that is told (src/speech/products.rs), in floats:
# on a processor without integer dot products those are faster than ggml's own of 8-bit integers.
change(ggml/src/ggml-cpu/ggml-cpu.c
[[void ggml_compute_forward_mul_mat(
        const struct ggml_compute_params * params,
              struct ggml_tensor * dst) {
]]
[[// c = b * transposed a: a has m rows, b and c have n; k columns; the strides are those of rows, in floats.
typedef void (*starling_product_t)(size_t m, size_t n, size_t k, const float * a, const float * b, size_t b_stride, float * c, size_t c_stride);
static starling_product_t starling_product = NULL;
void starling_set_product(starling_product_t product);
void starling_set_product(starling_product_t product) {
    starling_product = product;
}

static void starling_from_half(const void * half, float * row, int64_t count) {
    ggml_cpu_fp16_to_fp32(half, row, count);
}

static ggml_to_float_t starling_to_float(enum ggml_type type) {
    return type == GGML_TYPE_F16 ? starling_from_half : ggml_get_type_traits(type)->to_float;
}

// False where it is to be done otherwise.
static bool starling_mul_mat(const struct ggml_compute_params * params, struct ggml_tensor * dst) {
    const struct ggml_tensor * src0 = dst->src[0];
    const struct ggml_tensor * src1 = dst->src[1];

    GGML_TENSOR_BINARY_OP_LOCALS

    const int64_t fewest = 16;
    const ggml_to_float_t a_to_float = starling_to_float(src0->type);
    const ggml_to_float_t b_to_float = starling_to_float(src1->type);
    const bool a_is_float = src0->type == GGML_TYPE_F32;
    const bool b_is_float = src1->type == GGML_TYPE_F32;
    const bool rows = nb00 == ggml_type_size(src0->type) && nb10 == ggml_type_size(src1->type) && nb0 == sizeof(float);
    if (!starling_product || !rows || ne01 < fewest || ne11 < fewest || ne00 < fewest || ne03 != 1 || ne13 != 1 ||
        (!a_is_float && !a_to_float) || (!b_is_float && !b_to_float)) {
        return false;
    }
    // Each thread has its columns of the result.
    const int64_t from = params->ith*ne11/params->nth;
    const int64_t count = (params->ith + 1)*ne11/params->nth - from;
    float * a = malloc((ne01 + (b_is_float ? 0 : count))*ne00*sizeof(float));
    if (!a) {
        GGML_ABORT("no memory for a product");
    }
    float * b = a + ne01*ne00;
    int64_t known = -1;
    for (int64_t i12 = 0; i12 < ne12; i12++) {
        const int64_t i02 = i12*ne02/ne12;
        if (i02 != known) {
            for (int64_t row = 0; row < ne01; row++) {
                const char * from_row = (const char *) src0->data + i02*nb02 + row*nb01;
                if (a_is_float) {
                    memcpy(a + row*ne00, from_row, ne00*sizeof(float));
                } else {
                    a_to_float(from_row, a + row*ne00, ne00);
                }
            }
            known = i02;
        }
        const char * b_rows = (const char *) src1->data + i12*nb12 + from*nb11;
        for (int64_t row = 0; row < count && !b_is_float; row++) {
            b_to_float(b_rows + row*nb11, b + row*ne00, ne00);
        }
        starling_product(ne01, count, ne00, a,
                b_is_float ? (const float *) b_rows : b, b_is_float ? nb11/sizeof(float) : ne00,
                (float *) ((char *) dst->data + i12*nb2 + from*nb1), nb1/sizeof(float));
    }
    free(a);
    return true;
}

void ggml_compute_forward_mul_mat(
        const struct ggml_compute_params * params,
              struct ggml_tensor * dst) {

    if (starling_mul_mat(params, dst)) {
        return;
    }
]])

# The encoder's activation, eight at a time instead of a table of halves: x/2*(1 + tanh(y)) = x/(1 + exp(-2*y)).
change(ggml/src/ggml-cpu/ops.cpp
[[static void ggml_compute_forward_gelu_f32(
]]
[[static void starling_gelu(const int n, float * y, const float * x) {
    int i = 0;
#if defined(__AVX2__) && defined(__FMA__) && !defined(__AVX512F__)
    const __m256 one = _mm256_set1_ps(1.0f);
    const __m256 linear = _mm256_set1_ps(-2.0f*0.79788456080286535587989211986876f);
    const __m256 cubic = _mm256_set1_ps(-2.0f*0.79788456080286535587989211986876f*0.044715f);
    for (; i + 7 < n; i += 8) {
        const __m256 v = _mm256_loadu_ps(x + i);
        const __m256 exponent = _mm256_mul_ps(v, _mm256_fmadd_ps(cubic, _mm256_mul_ps(v, v), linear));
        _mm256_storeu_ps(y + i, _mm256_div_ps(v, _mm256_add_ps(one, ggml_v_expf(exponent))));
    }
#endif
    ggml_vec_gelu_f32(n - i, y + i, x + i);
}

static void ggml_compute_forward_gelu_f32(
]])
change(ggml/src/ggml-cpu/ops.cpp
[[        ggml_vec_gelu_f32(nc,
                (float *) ((char *) dst->data]]
[[        starling_gelu(nc,
                (float *) ((char *) dst->data]])

# Beam search follows the likeliest tokens, not some that are drawn by lot.
change(src/whisper.cpp
[[    std::discrete_distribution<> dist(probs.begin(), probs.end());

    for (int i = 0; i < k; ++i) {
        const auto id = dist(decoder.rng);
]]
[[    for (int i = 0; i < k; ++i) {
        const auto id = logits_id[i].second;
]])
