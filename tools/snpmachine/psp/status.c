/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of the firmware's status codes, for lines that people read.
 */
#include "psp.h"

#include <stddef.h>

static const struct {
    uint32_t status;
    const char *name;
} names[] = {
    {PSP_OK, "SUCCESS"},
    {PSP_INVALID_GUEST_STATE, "INVALID_GUEST_STATE"},
    {PSP_INVALID_LEN, "INVALID_LEN"},
    {PSP_POLICY_FAILURE, "POLICY_FAILURE"},
    {PSP_INVALID_ADDRESS, "INVALID_ADDRESS"},
    {PSP_BAD_SIGNATURE, "BAD_SIGNATURE"},
    {PSP_BAD_MEASUREMENT, "BAD_MEASUREMENT"},
    {PSP_INVALID_PARAM, "INVALID_PARAM"},
    {PSP_INVALID_PAGE_STATE, "INVALID_PAGE_STATE"},
    {PSP_AEAD_OFLOW, "AEAD_OFLOW"},
    {PSP_INVALID_KEY, "INVALID_KEY"},
};

const char *psp_status_name(uint32_t status)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].status == status)
            return names[i].name;
    return "unknown status";
}
