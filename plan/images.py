# Which images templates need, and where the API finds them.
# SPDX-License-Identifier: GPL-3.0-or-later
import os

# The content of a storage from which the API imports, and what cloud images are, whatever they are
# called.
CONTENT, ENDING = "import", ".qcow2"
ENDINGS_OF_CONTENT = (".qcow2", ".raw", ".vmdk")
ENDINGS = (*ENDINGS_OF_CONTENT, ".img", ".iso")


def stem(name):
    for ending in ENDINGS:
        if name.endswith(ending):
            return name[:-len(ending)]
    return name


def importable(image):
    """Playbooks download it as an ISO image and import the file; the API has a content for that."""
    name = image["iso_file_name"]
    if not name.endswith(ENDINGS_OF_CONTENT):
        name = stem(name) + ENDING
    return {**image, "iso_file_content_type": CONTENT, "iso_file_name": name}


def volume_of(image):
    return f"{image['proxmox_storage']}:{CONTENT}/{image['iso_file_name']}"


def images_of(plan):
    """Each once, however many plays download it."""
    found = {}
    for line in plan:
        if line["plan_kind"] == "image":
            found.setdefault((line["iso_file_name"], line["iso_url"], line["proxmox_storage"]), line)
    return list(found.values())


def candidates(template, plan):
    """The images that the template's path can mean: by the whole name, else up to its ending."""
    name = os.path.basename(template.get("vm_image_path", ""))
    images = images_of(plan)
    return ([image for image in images if image["iso_file_name"] == name]
            or [image for image in images if stem(image["iso_file_name"]) == stem(name)])


def what_lacks(template, plan):
    """Why the template cannot be made of the plan alone; empty where it can."""
    if "vm_template_id" in template:
        return ""
    if "vm_image_path" not in template:
        return "it has no image"
    name = os.path.basename(template["vm_image_path"])
    meant = candidates(template, plan)
    if len(meant) != 1:
        return f"the plan downloads {'several files that could be' if meant else 'no'} {name}"
    place = volume_of(importable(meant[0]))
    others = [image for image in images_of(plan) if volume_of(importable(image)) == place]
    return f"two images of the plan would be {place}" if len(others) > 1 else ""


def images_for(templates, plan):
    """Each image once, whatever is made from it."""
    images = {}
    for template in templates:
        image = importable(candidates(template, plan)[0])
        images[volume_of(image)] = image
    return list(images.values())


def with_images(templates, plan):
    """Each with the volume that it is made from."""
    return [{**template, "vm_image": volume_of(importable(candidates(template, plan)[0])),
             "vm_cloud_init": True} for template in templates]
