# Which images templates need, and where the API finds them.
# SPDX-License-Identifier: GPL-3.0-or-later
import os

# The content of a storage from which the API imports; what cloud images are, whatever they are
# called.
CONTENT, ENDING = "import", ".qcow2"
ENDINGS_OF_CONTENT = (".qcow2", ".raw", ".vmdk")


def stem(name):
    return os.path.splitext(os.path.basename(name))[0]


def importable(image):
    """Playbooks download it as an ISO image and import the file; the API has a content for that."""
    name = image["iso_file_name"]
    if not name.endswith(ENDINGS_OF_CONTENT):
        name = stem(name) + ENDING
    return {**image, "iso_file_content_type": CONTENT, "iso_file_name": name}


def image_of(template, plan):
    """The image of the plan that the template is made from, or None."""
    wanted = stem(template.get("vm_image_path", ""))
    for line in plan:
        if line["plan_kind"] == "image" and stem(line["iso_file_name"]) == wanted:
            return importable(line)
    return None


def what_lacks(template, plan):
    """Why the template cannot be made of the plan alone; empty where it can."""
    if image_of(template, plan):
        return ""
    path = template.get("vm_image_path")
    return f"the plan downloads no {os.path.basename(path)}" if path else "it has no image"


def images_for(templates, plan):
    """Each image once, whatever is made from it."""
    images = [image_of(template, plan) for template in templates]
    return [image for at, image in enumerate(images) if image not in images[:at]]


def with_images(templates, images):
    """Each with the volume that it is made from."""
    volumes = {stem(image["iso_file_name"]):
               f"{image['proxmox_storage']}:{CONTENT}/{image['iso_file_name']}"
               for image in images}
    return [{**template, "vm_image": volumes[stem(template["vm_image_path"])],
             "vm_cloud_init": True} for template in templates]
