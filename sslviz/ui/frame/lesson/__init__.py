"""Three views of a task's page: lesson, lab, and the lesson for a projector. One list of scenes makes two of them."""
