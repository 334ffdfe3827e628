/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's two entries from the frame: host_start on the boot CPU (options, devices, launch) and
 * host_cpu_main, in which every CPU ends as one vCPU.
 */
#include "host/clock.h"
#include "host/cpuid.h"
#include "host/devices/devices.h"
#include "host/doorbell.h"
#include "host/hostile.h"
#include "host/launch.h"
#include "host/spare.h"
#include "psp/psp.h"

#define SPARE_PAGES 256u

const struct machine_option host_options[] = {
    {"profile",
     "which host to load the file like: qemu (default), qemu-mainline, hyperv, vanadium"},
    {"launch-only", "end after the launch, with its digest"},
    {"xapic", "offer guests no x2APIC"},
    {"plane0", "how many of the virtio devices are the SVSM's (0)"},
    {"restricted", "offer restricted injection (#HV and doorbell pages)"},
    {"spare", "pages of RAM the host keeps for addresses without RAM (256)"},
    {"hostile",
     "a hostile host: remap swap replay stale take smash grow lie race forge forge-msr tamper "
     "inject run start vmsa (host/README.md)"},
    {"at", "hostile: the how-manieth occasion (1), 0 for every one"},
    {"after", "hostile: count only entries that end this GHCB call"},
    {"vmpl", "hostile: count only entries of this VMPL"},
    {"pause", "hostile: leave the guest every so many TSC ticks"},
    {"mark", "hostile: nothing before the guest has left this trace mark"},
    {"target", "hostile: the page, call, code or VMPL it aims at"},
    {"value", "hostile: what is forged, written or injected"},
    {0},
};

static const struct launch_profile *chosen_profile(void)
{
    const char *name = option_text("profile");
    const struct launch_profile *profile = launch_profile_find(name != NULL ? name : "qemu");
    if (profile == NULL) {
        machine_stop(MACHINE_MISUSE, "profile=%s: there is no such host", name);
    }
    return profile;
}

static void start_devices(void)
{
    apics_init();
    legacy_init();
    serial_init();
    virtio_init((unsigned)option_number("plane0", 0));
}

static void log_digest(void)
{
    uint8_t digest[48];
    char text[2 * sizeof digest + 1];
    psp_launch_digest(digest);
    for (unsigned i = 0; i < sizeof digest; i++) {
        format_text(text + 2 * i, 3, "%02x", digest[i]);
    }
    machine_log("launch digest %s", text);
}

static void start_vcpus(const struct launched *launched)
{
    for (unsigned i = 0; i < machine.cpus; i++) {
        struct level *level = &host.vcpu[i].level[0];
        if ((launched->features[i] & LEVEL_RESTRICTED) != 0 && !doorbell_offered()) {
            machine_stop(MACHINE_MISUSE,
                         "IGVM file: the VMSA of vCPU %u asks for restricted injection; this host "
                         "offers it with the option restricted",
                         i);
        }
        level->features = launched->features[i];
        level->features_known = launched->vmsa[i] != 0;
        level->waiting_vmsa = launched->vmsa[i];
    }
    vcpu_start_level(&host.vcpu[0], 0, launched->vmsa[0]);
}

void host_start(void)
{
    const struct launch_profile *profile = chosen_profile();
    struct launched launched = {0};
    if (machine.module == NULL) {
        machine_stop(MACHINE_MISUSE, "no IGVM file: give one with QEMU's -initrd");
    }
    hostile_init();
    doorbell_offer(option_text("restricted") != NULL);
    host_cpuid_init(machine.cpus, option_text("xapic") == NULL);
    vcpus_init(machine.cpus, machine.tsc_hz);
    clock_init(machine.tsc_hz, machine_tsc(), rtc_seconds());
    spare_init(option_number("spare", SPARE_PAGES));
    start_devices();
    launch_file(machine.module, machine.module_size, profile, &launched);
    log_digest();
    if (option_text("launch-only") != NULL) {
        machine_stop(MACHINE_OK, "launched; the guest is not run");
    }
    start_vcpus(&launched);
}

_Noreturn void host_cpu_main(unsigned cpu)
{
    vcpu_loop(&host.vcpu[cpu]);
}
