/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a fault handler receives: a message on the faulting thread's fault endpoint, its label one
 * of these, its four words as below. The answer's label 0 lets the thread go on, at the instruction
 * pointer it then has; any other leaves it suspended.
 */
#ifndef SEL4_FAULTS_H
#define SEL4_FAULTS_H

#include <stddef.h>
#include <stdint.h>

enum seL4_Fault {
    seL4_Fault_NullFault = 0,
    seL4_Fault_CapFault = 1,
    seL4_Fault_UnknownSyscall = 2,
    seL4_Fault_UserException = 3,
    seL4_Fault_VMFault = 6,
};

/* Word numbers. */
enum {
    seL4_CapFault_IP = 0,
    seL4_CapFault_Addr = 1,
    seL4_CapFault_InRecvPhase = 2,
    seL4_CapFault_LookupFailureType = 3, /* a seL4_Error */
};

enum {
    seL4_UnknownSyscall_FaultIP = 0,
    seL4_UnknownSyscall_SP = 1,
    seL4_UnknownSyscall_FLAGS = 2,
    seL4_UnknownSyscall_Syscall = 3,
};

enum {
    seL4_UserException_FaultIP = 0,
    seL4_UserException_SP = 1,
    seL4_UserException_Number = 2, /* the exception's vector */
    seL4_UserException_Code = 3,
};

enum {
    seL4_VMFault_IP = 0,
    seL4_VMFault_Addr = 1,
    seL4_VMFault_PrefetchFault = 2, /* 1: on fetching an instruction */
    seL4_VMFault_FSR = 3,           /* the page fault's error code */
};

/* Registers as TCB_ReadRegisters and TCB_WriteRegisters number them. */
typedef struct {
    uint64_t rip, rsp, rflags, rax, rbx, rcx, rdx, rsi, rdi, rbp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15, fs_base, gs_base;
} seL4_UserContext;

/* The number of a register, by its name above. */
#define SEL4_REGISTER(name) ((unsigned)(offsetof(seL4_UserContext, name) / sizeof(uint64_t)))

#define seL4_UserContextWords (sizeof(seL4_UserContext) / sizeof(uint64_t))

#endif
