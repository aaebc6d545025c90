#include "capi/context.hpp"

#include <string>

#include "capi/arguments.hpp"

namespace mrcz::capi {

ContextUse::ContextUse(mrcz_context* context) : context_(context) {
    if (context_ != nullptr && context_->is_busy.exchange(true))
        fail(ErrorCode::invalid_argument, "context is in use by another call; open one for each thread");
}

ContextUse::~ContextUse() {
    if (context_ != nullptr) context_->is_busy.store(false);
}

}  // namespace mrcz::capi

using namespace mrcz::capi;

std::int32_t mrcz_context_open(std::int32_t threads, mrcz_context** context) {
    return guarded(__func__, [&] {
        require(context, "context");
        *context = nullptr;
        constexpr std::int32_t most_threads = 1024;
        if (threads < 1 || threads > most_threads)
            mrcz::fail(mrcz::ErrorCode::invalid_argument, "threads is ", threads, "; it is 1 to ", most_threads);
        *context = std::make_unique<mrcz_context>(static_cast<unsigned>(threads)).release();
    });
}

void mrcz_context_close(mrcz_context* context) { delete context; }

std::int32_t mrcz_context_set_progress(mrcz_context* context, mrcz_progress_function progress, void* user) {
    return guarded(__func__, [&] {
        require(context, "context");
        const ContextUse use(context);
        context->run.progress = nullptr;
        if (progress == nullptr) return;
        context->run.progress = [progress, user](const mrcz::ProgressUpdate& update) {
            progress(user, update.frames_done, update.frames_total, update.bytes_in, update.bytes_out);
        };
    });
}

std::int32_t mrcz_context_set_log(mrcz_context* context, mrcz_log_function log, void* user) {
    return guarded(__func__, [&] {
        require(context, "context");
        const ContextUse use(context);
        context->run.log = nullptr;
        if (log == nullptr) return;
        context->run.log = [log, user](std::string_view message) { log(user, std::string(message).c_str()); };
    });
}

std::int32_t mrcz_context_set_cancel_token(mrcz_context* context, const mrcz_cancel_token* token) {
    return guarded(__func__, [&] {
        require(context, "context");
        const ContextUse use(context);
        context->run.cancel = token == nullptr ? nullptr : &token->token;
    });
}

std::int32_t mrcz_cancel_token_open(mrcz_cancel_token** token) {
    return guarded(__func__, [&] {
        require(token, "token");
        *token = nullptr;
        *token = std::make_unique<mrcz_cancel_token>().release();
    });
}

void mrcz_cancel_token_close(mrcz_cancel_token* token) { delete token; }

// Also called in signal handlers: it does nothing that may not be done there unless its argument is wrong.
std::int32_t mrcz_cancel(mrcz_cancel_token* token) {
    if (token == nullptr) return guarded(__func__, [&] { require(token, "token"); });
    token->token.cancel();
    return MRCZ_OK;
}

std::int32_t mrcz_is_cancelled(const mrcz_cancel_token* token, std::int32_t* is_cancelled) {
    return guarded(__func__, [&] {
        require(token, "token");
        require(is_cancelled, "is_cancelled");
        *is_cancelled = token->token.is_cancelled() ? 1 : 0;
    });
}
