"""Values the chart must take, and those it must refuse, each with the words that name what is wrong."""

ACCEPTED = {
    "binary quantities": {"resources": {"limits": {"memory": "65536Ki", "ephemeral-storage": "1.5Gi"}}},
    "decimal quantities": {"resources": {"requests": {"cpu": "100m"}, "limits": {"memory": "64M", "ephemeral-storage": "9k"}}},
    "a quantity as a number": {"resources": {"limits": {"cpu": 0.5}}},
    "a parent chart's switch": {"enabled": True},
    "an annotation that the chart makes, too": {"podAnnotations": {"kubectl.kubernetes.io/default-container": "proxy"}},
    "a mount below the container's own": {"migrations": {"configMap": "a", "mountPath": "/tmp/migrations"}},
    "a variable that may be missing": {
        "extraEnv": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b", "optional": True}}}]},
}

REFUSED = {
    "an unknown key": ({"replicaCount": 1}, "replicaCount"),
    "a misspelt image key": ({"image": {"repo": "x"}}, "repo"),
    "a misspelt namespace list": ({"watchNamespace": ["a"]}, "watchNamespace"),
    "a misspelt resource": ({"resources": {"limits": {"memroy": "64Mi"}}}, "memroy"),
    "a misspelt crds switch": ({"crds": {"install": True}}, "install"),
    "a misspelt claim": ({"migrations": {"claim": "x"}}, "claim"),
    "a misspelt account key": ({"serviceAccount": {"annotation": {}}}, "annotation"),
    "an unknown log level": ({"logLevel": "verbose"}, "logLevel"),
    "an unknown pull policy": ({"image": {"pullPolicy": "Sometimes"}}, "pullPolicy"),
    "too many replicas": ({"replicas": 6}, "replicas"),
    "a word for a yes": ({"allowSuperuser": "yes"}, "allowSuperuser"),
    "a number as text": ({"maxConcurrentReconciles": "4"}, "maxConcurrentReconciles"),
    "no concurrency": ({"maxConcurrentReconciles": 0}, "maxConcurrentReconciles"),
    "too much concurrency": ({"maxConcurrentReconciles": 257}, "maxConcurrentReconciles"),
    "a limit a server that is none": ({"maxConcurrentReconcilesPerServer": -1}, "maxConcurrentReconcilesPerServer"),
    "a namespace as text": ({"watchNamespaces": "a"}, "watchNamespaces"),
    "a namespace twice": ({"watchNamespaces": ["a", "a"]}, "watchNamespaces"),
    "a namespace that cannot be": ({"watchNamespaces": ["A_b"]}, "watchNamespaces"),
    "a digest without its algorithm": ({"image": {"digest": "0" * 64}}, "digest"),
    "a misspelt watched kind": ({"watchReferences": {"configmaps": True}}, "configmaps"),
    "a watched kind as text": ({"watchReferences": {"secrets": "yes"}}, "secrets"),
    "a variable without a name": ({"extraEnv": [{"value": "x"}]}, "name"),
    "a number as a variable": ({"extraEnv": [{"name": "A", "value": 1}]}, "value"),
    "a variable with two values": (
        {"extraEnv": [{"name": "A", "value": "x", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]}, "extraEnv"),
    "a variable from nowhere": ({"extraEnv": [{"name": "A", "valueFrom": {}}]}, "secretKeyRef"),
    "a variable from a source that is not read": (
        {"extraEnv": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]}, "fieldRef"),
    "a word for optional": (
        {"extraEnv": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b", "optional": "yes"}}}]},
        "optional"),
    "a parent chart's switch as text": ({"enabled": "yes"}, "enabled"),
    "two migration volumes": ({"migrations": {"existingClaim": "a", "configMap": "b"}}, "migrations"),
    "a relative mount": ({"migrations": {"mountPath": "migrations"}}, "mountPath"),
    "a mount in place of the container's own": ({"migrations": {"configMap": "a", "mountPath": "/tmp"}}, "mountPath"),
    "an argument that is no flag": ({"extraArgs": ["context"]}, "extraArgs"),
    "a quantity that is none": ({"resources": {"limits": {"memory": "64 MB"}}}, "memory"),
    "a quantity with a small binary suffix": ({"resources": {"limits": {"memory": "64ki"}}}, "memory"),
    "a quantity with a large decimal one": ({"resources": {"limits": {"memory": "64K"}}}, "memory"),
    "a toleration's unknown key": ({"tolerations": [{"keys": "x"}]}, "keys"),
    "a pull secret as text": ({"image": {"pullSecrets": ["x"]}}, "pullSecrets"),
}
