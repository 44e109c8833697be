"""The "restricted" Pod Security Standard as a function of a pod's spec.

Rules: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

_VOLUME_TYPES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected",
                 "secret"}


def _containers(pod):
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        for container in pod.get(kind) or []:
            yield container


def _pod_findings(pod):
    for flag in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(flag):
            yield f"{flag} must not be set"
    for volume in pod.get("volumes") or []:
        for kind in set(volume) - {"name"} - _VOLUME_TYPES:
            yield f"volume {volume['name']}: type {kind} is not allowed"
    if (pod.get("securityContext") or {}).get("sysctls"):
        yield "sysctls must not be set"


def _container_findings(pod, container):
    name = container["name"]
    of_pod = pod.get("securityContext") or {}
    own = container.get("securityContext") or {}
    if own.get("privileged"):
        yield f"{name}: privileged must not be set"
    if own.get("allowPrivilegeEscalation") is not False:
        yield f"{name}: allowPrivilegeEscalation must be false"
    if own.get("runAsNonRoot", of_pod.get("runAsNonRoot")) is not True:
        yield f"{name}: runAsNonRoot must be true"
    if own.get("runAsUser", of_pod.get("runAsUser")) == 0:
        yield f"{name}: runAsUser must not be 0"
    seccomp = own.get("seccompProfile", of_pod.get("seccompProfile")) or {}
    if seccomp.get("type") not in ("RuntimeDefault", "Localhost"):
        yield f"{name}: seccompProfile must be RuntimeDefault or Localhost"
    capabilities = own.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or []):
        yield f"{name}: capabilities must drop ALL"
    if set(capabilities.get("add") or []) - {"NET_BIND_SERVICE"}:
        yield f"{name}: capabilities may add NET_BIND_SERVICE only"
    if own.get("procMount", "Default") != "Default":
        yield f"{name}: procMount must be Default"
    for port in container.get("ports") or []:
        if port.get("hostPort"):
            yield f"{name}: hostPort must not be set"


def restricted_findings(pod):
    """Every way in which the pod's spec breaks the standard; empty when it keeps it."""
    findings = list(_pod_findings(pod))
    for container in _containers(pod):
        findings.extend(_container_findings(pod, container))
    return findings
