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
