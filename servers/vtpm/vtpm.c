/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libtpms driven: its callbacks, its start in the three ways, commands, and failure mode.
 *
 * crypto_fail leaves libtpms in the middle of a command by longjmp. What it had allocated is lost
 * and its state may be half changed, so the TPM is broken then, and stays so.
 */
#include "vtpm.h"

#include "blob.h"
#include "crypto.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <libtpms/tpm_error.h>
#include <libtpms/tpm_library.h>
#include <libtpms/tpm_nvfilename.h>

static struct {
    struct vtpm_config config;
    bool working, broken, running, initialised;
    unsigned locality;
    jmp_buf escape;
    bool can_escape;
    unsigned char *response; /* libtpms' buffer, kept from command to command */
    uint32_t response_size;
} tpm;

static void say(const char *text)
{
    if (tpm.config.log != NULL)
        tpm.config.log(text);
}

static void enter_failure_mode(const char *why)
{
    if (tpm.working)
        say("failure mode");
    tpm.working = false;
    say(why);
}

_Noreturn void crypto_fail(const char *where)
{
    bool can_escape = tpm.can_escape;

    tpm.broken = true;
    tpm.can_escape = false;
    enter_failure_mode(entropy_is_healthy() ? "crypto failed" : "no entropy");
    say(where);
    if (can_escape)
        longjmp(tpm.escape, 1);
    abort();
}

/* What crypto/ seeds its generator with. */
int crypto_seed(unsigned char *out, unsigned length)
{
    return entropy_read(out, length) ? 0 : -1;
}

/* Runs f; false if it ended in crypto_fail. */
static bool survives(void (*f)(void *), void *argument)
{
    if (setjmp(tpm.escape) != 0)
        return false;
    tpm.can_escape = true;
    f(argument);
    tpm.can_escape = false;
    return true;
}

static TPM_RESULT nothing_to_do(void)
{
    return TPM_SUCCESS;
}

static bool blob_named(const char *name, enum store_blob *which)
{
    if (strcmp(name, TPM_PERMANENT_ALL_NAME) == 0)
        *which = STORE_PERMANENT;
    else if (strcmp(name, TPM_VOLATILESTATE_NAME) == 0)
        *which = STORE_VOLATILE;
    else
        return false;
    return true;
}

/* A volatile state is for a TPM that resumes; any other start must not see it. */
static TPM_RESULT load_data(unsigned char **data, uint32_t *length, uint32_t tpm_number,
                            const char *name)
{
    struct store_bytes bytes = {NULL, 0};
    enum store_result result;
    enum store_blob which;

    (void)tpm_number;
    if (!blob_named(name, &which))
        return TPM_RETRY;
    if (which == STORE_VOLATILE && tpm.config.origin != VTPM_RESUME)
        return TPM_RETRY;
    result = tpm.config.store->load(tpm.config.store, which, &bytes);
    if (result == STORE_NONE)
        return TPM_RETRY;
    if (result != STORE_OK)
        return TPM_FAIL;
    if (!blob_unwrap(&bytes)) {
        blob_free(&bytes);
        return TPM_FAIL;
    }
    *data = bytes.data;
    *length = (uint32_t)bytes.length;
    return TPM_SUCCESS;
}

static bool save(enum store_blob which, const uint8_t *body, size_t length)
{
    struct store_bytes bytes;
    bool saved;

    if (!blob_wrap(&bytes, body, length))
        return false;
    saved = tpm.config.store->save(tpm.config.store, which, &bytes) == STORE_OK;
    blob_free(&bytes);
    if (!saved)
        say("the store did not take the state");
    return saved;
}

static TPM_RESULT store_data(const unsigned char *data, uint32_t length, uint32_t tpm_number,
                             const char *name)
{
    enum store_blob which;

    (void)tpm_number;
    return blob_named(name, &which) && save(which, data, length) ? TPM_SUCCESS : TPM_FAIL;
}

static TPM_RESULT delete_data(uint32_t tpm_number, const char *name, TPM_BOOL must_exist)
{
    enum store_blob which;

    (void)tpm_number;
    (void)must_exist;
    if (!blob_named(name, &which))
        return TPM_FAIL;
    return tpm.config.store->drop(tpm.config.store, which) == STORE_OK ? TPM_SUCCESS : TPM_FAIL;
}

static TPM_RESULT get_locality(TPM_MODIFIER_INDICATOR *locality, uint32_t tpm_number)
{
    (void)tpm_number;
    *locality = tpm.locality;
    return TPM_SUCCESS;
}

static TPM_RESULT get_physical_presence(TPM_BOOL *present, uint32_t tpm_number)
{
    (void)tpm_number;
    *present = 0;
    return TPM_SUCCESS;
}

static struct libtpms_callbacks callbacks = {
    .sizeOfStruct = sizeof callbacks,
    .tpm_nvram_init = nothing_to_do,
    .tpm_nvram_loaddata = load_data,
    .tpm_nvram_storedata = store_data,
    .tpm_nvram_deletename = delete_data,
    .tpm_io_init = nothing_to_do,
    .tpm_io_getlocality = get_locality,
    .tpm_io_getphysicalpresence = get_physical_presence,
};

/* What the store says of a blob the start may need. */
static const char *check_blob(enum store_blob which)
{
    struct store_bytes bytes = {NULL, 0};
    enum store_result result = tpm.config.store->load(tpm.config.store, which, &bytes);
    bool whole = result == STORE_OK && blob_unwrap(&bytes);

    if (result == STORE_OK)
        blob_free(&bytes);
    if (result == STORE_FAILED)
        return "the store cannot be read";
    if (result == STORE_OK)
        return whole ? NULL : "the state is damaged";
    if (tpm.config.origin == VTPM_MANUFACTURE)
        return NULL;
    return which == STORE_PERMANENT ? "the permanent state is missing"
                                    : "the volatile state is missing";
}

static const char *what_is_missing(void)
{
    const char *permanent = check_blob(STORE_PERMANENT);

    if (permanent != NULL || tpm.config.origin != VTPM_RESUME)
        return permanent;
    return check_blob(STORE_VOLATILE);
}

/* Puts NULL into the string argument points to, or what went wrong. */
static void initialise(void *argument)
{
    const char **failure = argument;

    if (!entropy_open(&tpm.config.entropy))
        *failure = "the entropy source fails its test";
    else
        *failure = what_is_missing();
    if (*failure != NULL)
        return;
    tpm.initialised = true;
    if (TPMLIB_ChooseTPMVersion(TPMLIB_TPM_VERSION_2) != TPM_SUCCESS ||
        TPMLIB_RegisterCallbacks(&callbacks) != TPM_SUCCESS)
        *failure = "libtpms has no TPM 2.0";
    else if (TPMLIB_MainInit() != TPM_SUCCESS)
        *failure = "the state cannot be used";
    else if (TPMLIB_SetBufferSize(VTPM_BUFFER_BYTES, NULL, NULL) != VTPM_BUFFER_BYTES)
        *failure = "libtpms has other buffers";
}

bool vtpm_start(const struct vtpm_config *config)
{
    const char *failure = "the process must be started anew";

    vtpm_stop();
    tpm.config = *config;
    clock_open(&config->clock);
    if (!tpm.broken && !survives(initialise, &failure))
        failure = "the crypto facade failed";
    tpm.working = failure == NULL;
    if (!tpm.working)
        enter_failure_mode(failure);
    else if (config->store->ephemeral)
        say("the state is ephemeral: it ends with this server");
    return tpm.working;
}

bool vtpm_is_working(void)
{
    return tpm.working;
}

bool vtpm_is_ephemeral(void)
{
    return tpm.config.store == NULL || tpm.config.store->ephemeral;
}

/* Tag TPM_ST_NO_SESSIONS, ten bytes, TPM_RC_FAILURE. */
static void answer_failure(struct vtpm_bytes *response)
{
    static const uint8_t failure[VTPM_HEADER_BYTES] = {
        0x80, 0x01, 0, 0, 0, VTPM_HEADER_BYTES, 0, 0, VTPM_RC_FAILURE >> 8, VTPM_RC_FAILURE & 0xff,
    };

    memcpy(response->data, failure, sizeof failure);
    response->length = sizeof failure;
}

struct exchange {
    const struct vtpm_bytes *command;
    uint32_t length;
    TPM_RESULT result;
};

static void process(void *argument)
{
    struct exchange *x = argument;

    x->result = TPMLIB_Process(&tpm.response, &x->length, &tpm.response_size, x->command->data,
                               (uint32_t)x->command->length);
}

static void run_command(const struct vtpm_bytes *command, struct vtpm_bytes *response)
{
    struct exchange x = {command, 0, TPM_FAIL};

    if (!survives(process, &x))
        return;
    if (x.result != TPM_SUCCESS || x.length < VTPM_HEADER_BYTES || x.length > response->length) {
        enter_failure_mode("libtpms gave no usable response");
        return;
    }
    memcpy(response->data, tpm.response, x.length);
    memset(tpm.response, 0, x.length);
    response->length = x.length;
}

bool vtpm_execute(unsigned locality, const struct vtpm_bytes *command, struct vtpm_bytes *response)
{
    if (tpm.running)
        return false;
    tpm.running = true;
    tpm.locality = locality;
    if (tpm.working)
        run_command(command, response);
    if (!tpm.working)
        answer_failure(response);
    tpm.locality = 0;
    tpm.running = false;
    return true;
}

bool vtpm_suspend(void)
{
    struct store_bytes state = {NULL, 0};
    uint32_t length = 0;
    bool saved;

    if (!tpm.working || TPMLIB_GetState(TPMLIB_STATE_VOLATILE, &state.data, &length) != TPM_SUCCESS)
        return false;
    state.length = length;
    saved = save(STORE_VOLATILE, state.data, state.length);
    blob_free(&state);
    return saved;
}

bool vtpm_restore(const struct store_bytes *permanent, const struct store_bytes *volatile_state)
{
    struct vtpm_config config = tpm.config;
    struct store *store = config.store;

    if (tpm.working || tpm.broken || store == NULL || permanent->length == 0)
        return false;
    config.origin = volatile_state->length > 0 ? VTPM_RESUME : VTPM_POWER_ON;
    if (store->save(store, STORE_PERMANENT, permanent) != STORE_OK)
        return false;
    if (config.origin == VTPM_RESUME &&
        store->save(store, STORE_VOLATILE, volatile_state) != STORE_OK)
        return false;
    return vtpm_start(&config);
}

void vtpm_stop(void)
{
    if (tpm.initialised && !tpm.broken)
        TPMLIB_Terminate();
    free(tpm.response);
    tpm.response = NULL;
    tpm.response_size = 0;
    tpm.initialised = false;
    tpm.working = false;
}
